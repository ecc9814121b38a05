import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideBitsAxis, decideBytesAxis, withGaps } from '../../../src/renderer/components/plot/plot-data.ts'

test('a line is broken where nobody measured, and only there', () => {
  expect(withGaps({ times: [0, 15, 20, 100, 105], series: [[1, 2, 3, 4, 5]] })).toEqual({
    times: [0, 15, 20, 60, 100, 105],
    series: [[1, 2, 3, null, 4, 5]],
  })
  const whole = { times: [0, 5, 20, 60], series: [[1, null, 3, 4]] }
  expect(withGaps(whole)).toEqual(whole)
})

test.each([
  [0, 1_024],
  [1_025, 2_048],
  [14 * 2 ** 20, 16 * 2 ** 20],
])('an axis of bytes for %d ends at %d', (max, end) => {
  expect(decideBytesAxis(max)).toBe(end)
})

test.each([
  [0, 1_000 / 8],
  [1_100 / 8, 2_000 / 8],
  [31e6 / 8, 40e6 / 8],
  [8e6 / 8, 8e6 / 8],
  [9e6 / 8, 10e6 / 8],
])('an axis of bits for %d bytes ends at %d bytes', (max, end) => {
  expect(decideBitsAxis(max)).toBe(end)
})

test('an axis always holds its highest value', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (max) => {
      expect(decideBytesAxis(max)).toBeGreaterThanOrEqual(max)
      expect(decideBitsAxis(max) * (1 + 1e-12)).toBeGreaterThanOrEqual(max)
    }),
  )
})
