import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideLineDiff } from '../../../src/shared/domain/index.ts'

const lines = (count: number) => Array.from({ length: count }, (_unused, index) => `line ${index}`)

test('a changed line stands with three lines around it; what lies further away is counted', () => {
  const before = lines(12)
  const after = before.with(5, 'other')
  expect(decideLineDiff(`${before.join('\n')}\n`, after.join('\n'))).toEqual([
    { kind: 'gap', count: 2 },
    ...before.slice(2, 5).map((text) => ({ kind: 'same', text })),
    { kind: 'known', text: 'line 5' },
    { kind: 'now', text: 'other' },
    ...before.slice(6, 9).map((text) => ({ kind: 'same', text })),
    { kind: 'gap', count: 3 },
  ])
})

test('what is equal shows nothing', () => {
  expect(decideLineDiff('a\nb', 'a\nb\n')).toEqual([])
})

test('whatever the texts: what is told of each, with what was left out, is that text, in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const shown = decideLineDiff(`${before.join('\n')}\n`, `${after.join('\n')}\n`)
      if (before.join('\n') === after.join('\n')) {
        expect(shown).toEqual([])
        return
      }
      for (const [side, whole] of [
        ['known', before],
        ['now', after],
      ] as const) {
        let at = 0
        for (const line of shown) {
          if (line.kind === 'gap') at += line.count
          else if (line.kind === 'same' || line.kind === side) {
            expect(whole[at]).toBe(line.text)
            at += 1
          }
        }
        expect(at).toBe(whole.length)
      }
    }),
  )
})

test('two long texts that have nothing in common are compared at once', () => {
  const shown = decideLineDiff(
    lines(4_000).join('\n'),
    lines(4_000)
      .map((line) => `${line}!`)
      .join('\n'),
  )
  expect(shown).toHaveLength(8_000)
})
