/** So much was done at that moment. */
export interface PaceSample {
  readonly atMs: number
  readonly bytes: number
}

/** The pace is that of the last seconds: of what was before, nobody learns when it will end. */
const WINDOW_MS = 8_000

/** The samples with one more, without those that count no more; one that goes back (it is sent again) begins anew. Pure. */
export function addSample(samples: readonly PaceSample[], sample: PaceSample): readonly PaceSample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.bytes < last.bytes) return [sample]
  return [...samples.filter(({ atMs }) => atMs >= sample.atMs - WINDOW_MS), sample]
}

/** Bytes a second over these samples; null: too little is known. Pure. */
export function paceOf(samples: readonly PaceSample[]): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null
  return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1_000
}

/** How long the rest takes at this pace, milliseconds; null: nobody can say. Pure. */
export function remainingMs(doneBytes: number, totalBytes: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond <= 0) return null
  return (Math.max(0, totalBytes - doneBytes) / bytesPerSecond) * 1_000
}
