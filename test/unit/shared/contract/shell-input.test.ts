import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeShellInput, encodeShellSize, encodeShellText } from '../../../../src/shared/contract/index.ts'

test('keys and sizes come out as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeShellInput(encodeShellText(bytes))).toEqual({ kind: 'text', bytes })
    }),
  )
  const cells = fc.integer({ min: 1, max: 1_000 })
  fc.assert(
    fc.property(cells, cells, (columns, rows) => {
      expect(decodeShellInput(encodeShellSize(columns, rows))).toEqual({ kind: 'size', columns, rows })
    }),
  )
})

test.each([
  ['nothing', []],
  ['another kind', [7, 1]],
  ['half a size', [1, 0, 80]],
  ['a terminal without columns', [1, 0, 0, 0, 24]],
  ['a terminal as wide as a field', [1, 255, 255, 0, 24]],
])('%s is no message', (_title, bytes) => {
  expect(decodeShellInput(new Uint8Array(bytes))).toBeNull()
})
