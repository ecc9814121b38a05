import { expect, test } from 'vitest'
import { decidePlotTimes, orderSamples } from '../../../src/renderer/components/plot/order-samples.ts'
import type { HostSample } from '../../../src/shared/domain/index.ts'

const sample = (elapsedMs: number, at: number) => ({ id: String(elapsedMs), elapsedMs, at }) as HostSample

test('the newest sample is the one that came last, and the axis has no jump where the clock was set', () => {
  for (const set of [-600_000, 315_360_000_000]) {
    const samples = orderSamples([sample(15_000, 25_000 + set), sample(5_000, 15_000), sample(10_000, 20_000)])
    expect(samples.map(({ elapsedMs }) => elapsedMs)).toEqual([5_000, 10_000, 15_000])
    const newest = (25_000 + set) / 1_000
    expect(decidePlotTimes(samples)).toEqual([newest - 10, newest - 5, newest])
  }
  expect(decidePlotTimes([])).toEqual([])
})
