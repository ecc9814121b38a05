/*
 * How far the lists of a place were scrolled, kept with that place in the browser's history: Back brings it back.
 */

/** Scrolling is written down when it has come to rest for so long: browsers refuse an entry that is rewritten all the time. */
const REST_MS = 200

let offsets: Record<string, number> = {}
let restTimer: ReturnType<typeof setTimeout> | undefined

/** How far a list of this place was scrolled when it was left, pixels; 0 for one that was not there. */
export function recallScroll(list: string): number {
  const state: unknown = history.state
  const stored = typeof state === 'object' && state !== null && 'scroll' in state ? state.scroll : null
  const offset = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>)[list] : null
  return typeof offset === 'number' ? offset : 0
}

/** Remembers how far a list of this place is scrolled. */
export function rememberScroll(list: string, offset: number): void {
  offsets[list] = offset
  clearTimeout(restTimer)
  restTimer = setTimeout(writeScroll, REST_MS)
}

/** Writes down what was remembered, before the place is left. */
export function writeScroll(): void {
  clearTimeout(restTimer)
  if (Object.keys(offsets).length === 0) return
  const state: unknown = history.state
  const known = typeof state === 'object' && state !== null ? state : {}
  const scroll = 'scroll' in known && typeof known.scroll === 'object' ? known.scroll : {}
  history.replaceState({ ...known, scroll: { ...scroll, ...offsets } }, '')
  offsets = {}
}

/** Another place is shown already: what was remembered of the former cannot be written down any more. */
export function forgetScroll(): void {
  clearTimeout(restTimer)
  offsets = {}
}
