/*
 * Unicode's directional isolates (UAX #9). In a class of a regular expression they would be invisible, so they are escaped.
 */
const FIRST_STRONG_ISOLATE = '\u2068'
const POP_DIRECTIONAL_ISOLATE = '\u2069'
/** Letters that are written from right to left, and marks that change the direction. */
const TURNS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const OVERRIDES = /[\u202a-\u202e]/g
const ISOLATES = /[\u2066-\u2069]/g
const UNKNOWN = '\ufffd'

/**
 * A value for the middle of a sentence: one that is written from right to left, or pretends to be, does not reorder the
 * words around it. Marks that could are shown as unknown characters. Others come back as they are. Pure.
 */
export function isolateName(text: string): string {
  const value = showBlanks(text)
  if (!TURNS.test(value)) return value
  const tame = value.replaceAll(OVERRIDES, UNKNOWN)
  const closed = isBalanced(tame) ? tame : tame.replaceAll(ISOLATES, UNKNOWN)
  return `${FIRST_STRONG_ISOLATE}${closed}${POP_DIRECTIONAL_ISOLATE}`
}

/**
 * A name with the blanks made visible that nobody would see: those at its ends, and more than one in a row. To libvirt `web`
 * and `web ` are two machines. Pure.
 */
export function showBlanks(name: string): string {
  return name.replaceAll(/^[ \t]+|[ \t]+$| {2,}|\t/g, (blanks) =>
    blanks.replaceAll(' ', '\u2423').replaceAll('\t', '\u2409'),
  )
}

/** Whether every isolate ends in the text where it began, as in a text that has isolated names already. */
function isBalanced(text: string): boolean {
  let depth = 0
  for (const [mark] of text.matchAll(ISOLATES)) {
    depth += mark === POP_DIRECTIONAL_ISOLATE ? -1 : 1
    if (depth < 0) return false
  }
  return depth === 0
}
