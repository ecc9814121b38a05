import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SampleHistory } from '../../../../src/main/metrics/sample-history.ts'
import { STATS_KEPT_MS, type VmSample } from '../../../../src/shared/domain/index.ts'
import { YEAR_2036 } from '../engine/manual-clock.ts'

/** A clock whose two hands show the same. */
const clock = { now: () => 0, monotonicMs: () => 0 }

function sampleAt(elapsedMs: number, changes: Partial<VmSample> = {}): VmSample {
  return {
    id: String(elapsedMs),
    at: elapsedMs,
    elapsedMs,
    cpuPercent: 12.5,
    memoryUsedKiB: 1_048_576,
    memorySource: 'guest',
    memoryTotalKiB: 4_194_304,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: 3,
    networkReceiveBytesPerSecond: 0,
    networkTransmitBytesPerSecond: null,
    ...changes,
  }
}

test('points come back as they were, with what is not known', () => {
  const history = new SampleHistory()
  const samples = [sampleAt(1_000), sampleAt(2_000, { memorySource: null, memoryUsedKiB: null, cpuPercent: null })]
  for (const sample of samples) history.add(sample)
  expect(history.vmSamples(clock)).toEqual(samples)
  expect(history.hostSamples(clock)).toEqual(samples.map(({ memorySource: _source, ...rest }) => rest))
})

test('what is older than ten minutes goes, and all of it is over then', () => {
  const history = new SampleHistory()
  for (const at of [0, 5_000, STATS_KEPT_MS]) history.add(sampleAt(at))
  expect(history.vmSamples(clock).map(({ at }) => at)).toEqual([5_000, STATS_KEPT_MS])
  expect([history.isOver(2 * STATS_KEPT_MS - 1), history.isOver(2 * STATS_KEPT_MS)]).toEqual([false, true])
})

test('points are stamped by the clock as it is set now, however it was set when they came', () => {
  const history = new SampleHistory()
  for (const elapsedMs of [1_000, 6_000, 11_000]) history.add(sampleAt(elapsedMs, { at: YEAR_2036 + elapsedMs }))
  const stamps = history.hostSamples({ now: () => 100_000, monotonicMs: () => 13_000 }).map(({ at }) => at)
  expect(stamps).toEqual([88_000, 93_000, 98_000])
})

test('it is what a plain list would be, and never more than 120', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 300 }), (steps) => {
      const history = new SampleHistory()
      let at = 0
      let expected: number[] = []
      for (const step of steps) {
        at += step
        history.add(sampleAt(at))
        expected = [...expected.filter((each) => each > at - STATS_KEPT_MS), at].slice(-120)
      }
      expect(history.vmSamples(clock).map((sample) => sample.at)).toEqual(expected)
    }),
  )
})
