/** An engine that lived this long did not fail by its start: the next end is counted as the first. */
export const STABLE_MS = 60_000
/** Ends in a row after which only a person starts it again. */
export const ENDS_LIMIT = 5
const FIRST_PAUSE_MS = 500

/** How often an engine has ended unexpectedly in a row, the last one after `livedMs`. Pure. */
export function countEnds(before: number, livedMs: number): number {
  return livedMs >= STABLE_MS ? 1 : before + 1
}

/** Milliseconds until an engine that ended unexpectedly is started again; null: not by itself. Pure. */
export function decideRestart(endsInRow: number): number | null {
  return endsInRow >= ENDS_LIMIT ? null : FIRST_PAUSE_MS * 2 ** (endsInRow - 1)
}
