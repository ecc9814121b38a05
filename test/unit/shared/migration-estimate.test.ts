import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRemaining } from '../../../src/main/migration/decide-remaining.ts'
import { decideEstimate } from '../../../src/shared/domain/index.ts'

describe('how long a migration takes', () => {
  it.each([
    [
      'nobody knows the line',
      [1000, 10, null, null],
      { bandwidthMiBs: null, bandwidthFrom: null, seconds: null, converges: null },
    ],
    [
      'as fast as the last time',
      [1000, 0, null, 100],
      { bandwidthMiBs: 100, bandwidthFrom: 'measured', seconds: 10, converges: true },
    ],
    [
      'a limit below that',
      [1000, 0, 50, 100],
      { bandwidthMiBs: 50, bandwidthFrom: 'limit', seconds: 20, converges: true },
    ],
    [
      'a limit above it',
      [1000, 0, 500, 100],
      { bandwidthMiBs: 100, bandwidthFrom: 'measured', seconds: 10, converges: true },
    ],
    ['half of it is written anew', [1000, 50, null, 100], { seconds: 20, converges: true }],
    ['all of it is written anew', [1000, 100, null, 100], { seconds: null, converges: false }],
    ['a host that cannot measure', [1000, null, 100, null], { seconds: 10, converges: null }],
  ] as const)('%s', (_, [memoryMiB, dirtyMiBs, limitMiBs, measuredMiBs], expected) => {
    expect(decideEstimate({ memoryMiB, dirtyMiBs, limitMiBs, measuredMiBs })).toMatchObject(expected)
  })

  it('is never shorter where the guest writes more, or the limit is lower', () => {
    const rate = fc.integer({ min: 1, max: 10_000 })
    fc.assert(
      fc.property(rate, rate, rate, rate, (memoryMiB, dirty, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)]
        const seconds = (dirtyMiBs: number, limitMiBs: number) =>
          decideEstimate({ memoryMiB, dirtyMiBs, limitMiBs, measuredMiBs: null }).seconds ?? Number.POSITIVE_INFINITY
        expect(seconds(dirty, low)).toBeGreaterThanOrEqual(seconds(dirty, high))
        expect(seconds(dirty, high)).toBeGreaterThanOrEqual(seconds(0, high))
      }),
    )
  })

  it('while it is under way: by what is gained on the guest', () => {
    const job = { remainingBytes: 1000, bytesPerSecond: 100, dirtyBytesPerSecond: 0 }
    expect(decideRemaining(job)).toBe(10)
    expect(decideRemaining({ ...job, dirtyBytesPerSecond: 50 })).toBe(20)
    expect(decideRemaining({ ...job, dirtyBytesPerSecond: 100 })).toBeNull()
    expect(decideRemaining({ ...job, bytesPerSecond: 0 })).toBeNull()
  })
})
