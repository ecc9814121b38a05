const DAY_MS = 24 * 60 * 60 * 1_000
/** How far a clock may have gone on while nobody saw it and be believed at once: a weekend. */
const GAP_BELIEVED_MS = 2 * DAY_MS
/** A clock that went on for so long without a greater gap is believed whatever it shows. */
const STEADY_MS = 7 * DAY_MS

export interface ClockEvidence {
  /** What was believed before, milliseconds since the epoch. */
  readonly before: number
  readonly wallNow: number
  /** What the wall's clock went on by since then, and what has passed by the monotonic one. */
  readonly wallDeltaMs: number
  readonly passedMs: number
  /** How long the wall's clock has gone on steadily. */
  readonly steadyMs: number
}

/**
 * The latest time that it can be, for deciding what is old enough to be forgotten. A computer may begin in 2036 for a day: by
 * its clock everything would be too old. So time is counted on from what was believed before, gaps of a weekend included (the
 * engine did not run, or the computer slept), until the clock has proved itself. Being wrong on this side keeps lines for
 * longer. Pure.
 */
export function decideBelievedNow({ before, wallNow, wallDeltaMs, passedMs, steadyMs }: ClockEvidence): number {
  if (steadyMs >= STEADY_MS) return wallNow
  return Math.min(wallNow, before + Math.max(passedMs, Math.min(wallDeltaMs, GAP_BELIEVED_MS)))
}

/** Whether the wall's clock went on as time did, but for a sleep. Pure. */
export function isSteady({ wallDeltaMs, passedMs }: Pick<ClockEvidence, 'wallDeltaMs' | 'passedMs'>): boolean {
  const aheadMs = wallDeltaMs - passedMs
  return aheadMs > -60_000 && aheadMs <= GAP_BELIEVED_MS
}
