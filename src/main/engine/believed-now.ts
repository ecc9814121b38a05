const DAY_MS = 24 * 60 * 60 * 1_000
/** How far ahead of the last line of an earlier run a clock may be and be believed at once: a weekend. */
const GAP_BELIEVED_MS = 2 * DAY_MS
/** A clock that went on for so long without being set is believed whatever it shows. */
const STEADY_MS = 7 * DAY_MS

export interface ClockEvidence {
  readonly wallNow: number
  /** The stamp of the last line that an earlier run of the engine wrote; null without one. */
  readonly lastStamp: number | null
  readonly wallAtStart: number
  /** Milliseconds by the monotonic clock, since the start and since the wall's clock was last seen to be set. */
  readonly runningMs: number
  readonly steadyMs: number
}

/**
 * The latest time that it can be, for deciding what is old enough to be forgotten. A computer may begin in 2036 for a day: by
 * its clock everything would be too old. So the time is counted on from the last line that was written, until the clock has
 * proved itself. Being wrong on this side keeps lines for longer. Pure.
 */
export function decideBelievedNow({ wallNow, lastStamp, wallAtStart, runningMs, steadyMs }: ClockEvidence): number {
  if (steadyMs >= STEADY_MS) return wallNow
  const started = lastStamp === null ? wallAtStart : Math.min(wallAtStart, lastStamp + GAP_BELIEVED_MS)
  return Math.min(wallNow, started + runningMs)
}
