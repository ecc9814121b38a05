/** A part of a whole, in percent of it; above 100 when more is promised than there is. */
export interface Share {
  readonly percent: number
  /** `full`: a person should do something about it. */
  readonly level: 'normal' | 'high' | 'full'
}

const HIGH_PERCENT = 80
const FULL_PERCENT = 95

/** Part of a whole; null where either is not known, or there is nothing to have a part of. Pure. */
export function shareOf(part: number | null, whole: number): Share | null {
  if (part === null || whole <= 0) return null
  const percent = (part / whole) * 100
  return { percent, level: percent >= FULL_PERCENT ? 'full' : percent >= HIGH_PERCENT ? 'high' : 'normal' }
}
