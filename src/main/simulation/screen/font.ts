/** Five dots wide, seven high, one dot between characters. */
export const GLYPH = { width: 5, height: 7, advance: 6 } as const

/** Rows from top to bottom, each in base 32 (one digit): its five bits are the dots from left to right. */
const ROWS: Readonly<Record<string, string>> = {
  ' ': '0000000',
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhe',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrlhhhh',
  N: 'hpplnjh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhhlra',
  X: 'hha4ahh',
  Y: 'hha4444',
  Z: 'v1248gv',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v24218u',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  '-': '000v000',
  '.': '0000066',
  ':': '0660660',
  '/': '1122448',
  '+': '004v400',
  '?': 'eh12404',
}

/** The rows of a character's dots, in bits; of one that the font has not, those of "?". Small letters look like capitals. Pure. */
export function glyphRows(character: string): readonly number[] {
  const rows = ROWS[character.toUpperCase()] ?? ROWS['?'] ?? ''
  return [...rows].map((digit) => Number.parseInt(digit, 32))
}
