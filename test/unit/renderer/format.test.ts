import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatBitRate,
  formatBytes,
  formatDuration,
  formatKiB,
  formatPercent,
  formatTime,
  withParticle,
} from '../../../src/renderer/i18n/index.ts'

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1,023 B'],
    [1_024, '1 KiB'],
    [1_536, '1.5 KiB'],
    [1_048_575, '1 MiB'],
    [30 * 2 ** 30, '30 GiB'],
    [2 ** 60, '1,024 PiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })

  it('stay below four digits up to the largest unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_024, max: 2 ** 52 }), (bytes) => {
        const value = Number.parseFloat(formatBytes(bytes, 'en').replace(',', ''))
        expect(value).toBeLessThan(1_024)
        expect(value).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('come from KiB too, and follow the language', () => {
    expect(formatKiB(8 * 1_048_576, 'ko')).toBe('8 GiB')
    expect(formatBytes(1_234 * 1_024, 'de')).toBe('1,2 MiB')
  })
})

describe('rates, percents and times', () => {
  it('says network rates in bits', () => {
    expect(formatBitRate(125_000, 'en')).toBe('1 Mbit/s')
    expect(formatBitRate(0, 'en')).toBe('0 bit/s')
  })

  it('rounds percents', () => {
    expect(formatPercent(37.6, 'en')).toBe('38 %')
  })

  it.each([
    [0, '0 sec'],
    [59_999, '59 sec'],
    [64_000, '1 min 4 sec'],
    [3_600_000, '1 hr'],
    [41 * 86_400_000 + 3 * 3_600_000 + 59_000, '41 days 3 hr'],
  ])('%d ms last %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds, 'en')).toBe(text)
  })

  it('leaves the date out on the same day only', () => {
    const noon = new Date(2026, 4, 5, 12, 0, 1).getTime()
    expect(formatTime(noon, noon + 60_000, 'en')).toBe('12:00:01')
    expect(formatTime(noon, noon + 86_400_000, 'en')).toBe('May 5, 12:00:01')
    expect(formatTime(noon, noon + 365 * 86_400_000, 'en')).toBe('May 5, 2026, 12:00:01')
    expect(formatTime(noon, noon + 86_400_000, 'ko')).toBe('5월 5일 12:00:01')
  })
})

describe('Korean particles', () => {
  it.each([
    ['서버', '을/를', '서버를'],
    ['호스트 삼십', '을/를', '호스트 삼십을'],
    ['node3', '을/를', 'node3을'],
    ['node2', '을/를', 'node2를'],
    ['node1', '으로/로', 'node1로'],
    ['node3', '으로/로', 'node3으로'],
    ['서울', '으로/로', '서울로'],
    ['web', '이/가', 'web이(가)'],
    ['node4', '와/과', 'node4와'],
    ['', '은/는', '은(는)'],
  ] as const)('%s with %s is %s', (name, pair, text) => {
    expect(withParticle(name, pair)).toBe(text)
  })
})
