import type { HostSample } from '../../../shared/domain/index.ts'

/** Samples in their order, by what had passed for the engine: its clock may have been set while they came. */
export function orderSamples<Sample extends HostSample>(samples: Iterable<Sample>): readonly Sample[] {
  return [...samples].sort((left, right) => left.elapsedMs - right.elapsedMs)
}

/**
 * Where ordered samples lie on the axis of a plot: seconds since the epoch, by the stamp of the newest and the time that passed
 * between them.
 */
export function decidePlotTimes(samples: readonly Pick<HostSample, 'at' | 'elapsedMs'>[]): readonly number[] {
  const last = samples.at(-1)
  return last === undefined ? [] : samples.map(({ elapsedMs }) => (last.at - last.elapsedMs + elapsedMs) / 1_000)
}
