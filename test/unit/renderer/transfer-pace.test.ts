import { describe, expect, it } from 'vitest'
import { addSample, type PaceSample, paceOf, remainingMs } from '../../../src/renderer/features/disks/transfers/pace.ts'

const MIB = 1_048_576
const collect = (samples: readonly PaceSample[]) =>
  samples.reduce<readonly PaceSample[]>((known, sample) => addSample(known, sample), [])

describe('the pace of a transfer', () => {
  it('is not known before two moments', () => {
    expect(paceOf(collect([]))).toBeNull()
    expect(paceOf(collect([{ atMs: 0, bytes: 0 }]))).toBeNull()
  })

  it('is that of the last seconds, not of the whole', () => {
    const slow = Array.from({ length: 60 }, (_unused, second) => ({ atMs: second * 1_000, bytes: second * MIB }))
    const fast = Array.from({ length: 9 }, (_unused, second) => ({
      atMs: (60 + second) * 1_000,
      bytes: 59 * MIB + second * 100 * MIB,
    }))
    expect(paceOf(collect([...slow, ...fast]))).toBe(100 * MIB)
  })

  it('begins anew where it goes back, as after a lost connection', () => {
    const samples = collect([
      { atMs: 0, bytes: 0 },
      { atMs: 1_000, bytes: 8 * MIB },
      { atMs: 2_000, bytes: 4 * MIB },
      { atMs: 3_000, bytes: 6 * MIB },
    ])
    expect(paceOf(samples)).toBe(2 * MIB)
  })

  it('tells how long the rest takes', () => {
    expect(remainingMs(50 * MIB, 100 * MIB, 10 * MIB)).toBe(5_000)
    expect(remainingMs(50 * MIB, 100 * MIB, 0)).toBeNull()
    expect(remainingMs(50 * MIB, 100 * MIB, null)).toBeNull()
  })
})
