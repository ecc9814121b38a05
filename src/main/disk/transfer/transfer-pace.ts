/** What a person is told of a transfer. */
export interface TransferPace {
  readonly fraction: number
  readonly doneMiB: number
  readonly totalMiB: number
  readonly mibPerSecond: number
  /** Null while nothing moves. */
  readonly remainingSeconds: number | null
}

const MIB = 1024 * 1024
const TELL_EVERY_MS = 1_000
/** The pace is that of the last seconds. */
const WINDOW_MS = 8_000

export interface PaceMeter {
  /** So much is done now; tells at most once a second. */
  add(doneBytes: number): void
}

/** Measures how fast something goes, by the monotonic clock. */
export function createPaceMeter(
  totalBytes: number,
  monotonicMs: () => number,
  tell: (pace: TransferPace) => void,
): PaceMeter {
  let samples: { readonly atMs: number; readonly bytes: number }[] = []
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    add: (doneBytes) => {
      const atMs = monotonicMs()
      if (atMs - toldAtMs < TELL_EVERY_MS && doneBytes < totalBytes) return
      toldAtMs = atMs
      samples = [...samples.filter((sample) => sample.atMs >= atMs - WINDOW_MS), { atMs, bytes: doneBytes }]
      tell(decidePace(samples, totalBytes))
    },
  }
}

/** The pace over these samples, oldest first. Pure. */
export function decidePace(
  samples: readonly { readonly atMs: number; readonly bytes: number }[],
  totalBytes: number,
): TransferPace {
  const first = samples[0] ?? { atMs: 0, bytes: 0 }
  const last = samples.at(-1) ?? first
  const seconds = (last.atMs - first.atMs) / 1_000
  const bytesPerSecond = seconds > 0 ? Math.max(0, (last.bytes - first.bytes) / seconds) : 0
  return {
    fraction: totalBytes === 0 ? 1 : Math.min(1, last.bytes / totalBytes),
    doneMiB: Math.floor(last.bytes / MIB),
    totalMiB: Math.ceil(totalBytes / MIB),
    mibPerSecond: Math.round((bytesPerSecond / MIB) * 10) / 10,
    remainingSeconds: bytesPerSecond > 0 ? Math.ceil((totalBytes - last.bytes) / bytesPerSecond) : null,
  }
}
