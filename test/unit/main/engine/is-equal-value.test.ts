import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEqualValue } from '../../../../src/main/engine/is-equal-value.ts'

const cases: readonly [unknown, unknown, boolean][] = [
  [1, 1, true],
  [1, 2, false],
  ['1', 1, false],
  [null, undefined, false],
  [null, {}, false],
  [Number.NaN, Number.NaN, true],
  [{}, {}, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: undefined }, { b: undefined }, false],
  [[], {}, false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [{ a: [{ b: null }] }, { a: [{ b: null }] }, true],
  [{ a: [{ b: null }] }, { a: [{ b: 0 }] }, false],
]

describe('isEqualValue', () => {
  it.each(cases)('compares %j with %j: %s', (left, right, expected) => {
    expect(isEqualValue(left, right)).toBe(expected)
    expect(isEqualValue(right, left)).toBe(expected)
  })

  it('finds a copy of any plain value equal', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => isEqualValue(value, structuredClone(value))))
  })

  it('finds values that differ in their canonical form different', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        expect(isEqualValue(left, right)).toBe(canonical(left) === canonical(right))
      }),
    )
  })
})

function canonical(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
