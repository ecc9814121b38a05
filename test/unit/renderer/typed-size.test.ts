import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSize, splitSize } from '../../../src/renderer/components/fields/typed-size.ts'

describe('parseSize', () => {
  it.each([
    ['40', 'gib', 42_949_672_960],
    ['1.5', 'gib', 1_610_612_736],
    ['1,5', 'gib', 1_610_612_736],
    [' 512 ', 'mib', 536_870_912],
    ['2', 'tib', 2_199_023_255_552],
    ['0.001', 'mib', 1_024],
  ] as const)('reads %s %s', (text, unit, bytes) => {
    expect(parseSize(text, unit)).toBe(bytes)
  })

  it.each(['', '0', '-1', '1e3', 'ten', '1.5.2', '1 000', '0x10'])('takes %j for no size', (text) => {
    expect(parseSize(text, 'gib')).toBeNull()
  })
})

describe('splitSize', () => {
  it('writes sizes so that they are read again, never smaller than they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 33 }), (sectors) => {
        const bytes = sectors * 512
        const { text, unit } = splitSize(bytes)
        expect(parseSize(text, unit)).toBeGreaterThanOrEqual(bytes)
      }),
    )
  })

  it.each([
    [42_949_672_960, { text: '40', unit: 'gib' }],
    [536_870_912, { text: '512', unit: 'mib' }],
    [1_099_511_627_776, { text: '1', unit: 'tib' }],
  ])('writes %d as a person would', (bytes, size) => {
    expect(splitSize(bytes)).toEqual(size)
  })
})
