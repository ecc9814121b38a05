/*
 * X11 keysyms of characters ("X Window System Protocol", appendix A): those of Latin-1 are the character's own number, older
 * alphabets have tables of their own, everything else is Unicode with a mark. Only what keyboards here can give is listed.
 */

/** A page of 256 keysyms: the lower byte in hexadecimal, then the character. */
const PAGES: readonly (readonly [page: number, entries: string])[] = [
  [
    0x100,
    'a1Ą a2˘ a3Ł a6Ś a9Š aaŞ acŹ aeŽ afŻ b1ą b2˛ b3ł b6ś b7ˇ b9š baş bcź bd˝ bež bfż c6Ć c8Č caĘ ccĚ cfĎ d0Đ d1Ń',
  ],
  [0x100, 'd2Ň d5Ő d8Ř d9Ů dbŰ e6ć e8č eaę ecě efď f0đ f1ń f2ň f5ő f8ř f9ů fbű ff˙'],
  [0x200, 'a1Ħ a9İ abĞ b1ħ b9ı bbğ'],
  [0x300, 'a2ĸ a3Ŗ a6Ļ aaĒ abĢ acŦ b3ŗ b6ļ baē bbģ bcŧ bdŊ bfŋ c0Ā c7Į ccĖ cfĪ d1Ņ d2Ō d3Ķ d9Ų deŪ e0ā e7į ecė efī'],
  [0x300, 'f1ņ f2ō f3ķ f9ų feū'],
  [
    0x600,
    'a2ѓ a3ё a5ѕ a8ј a9љ aaњ acќ afџ b0№ b2Ѓ b3Ё b5Ѕ b8Ј b9Љ baЊ bcЌ bfЏ c0ю c1а c2б c3ц c4д c5е c6ф c7г c8х c9и',
  ],
  [
    0x600,
    'caй cbк ccл cdм ceн cfо d0п d1я d2р d3с d4т d5у d6ж d7в d8ь d9ы daз dbш dcэ ddщ deч dfъ e0Ю e1А e2Б e3Ц e4Д e5Е',
  ],
  [0x600, 'e6Ф e7Г e8Х e9И eaЙ ebК ecЛ edМ eeН efО f0П f1Я f2Р f3С f4Т f5У f6Ж f7В f8Ь f9Ы faЗ fbШ fcЭ fdЩ feЧ ffЪ'],
  [0x700, 'd0Π d9Ω ecμ f0π'],
  [0x800, 'a3─ bc≤ bd≠ be≥ c2∞ de∧ df∨ fb← fc↑ fd→ fe↓'],
  [0xa00, 'a9— aa– ae… bc⟨ be⟩ c3⅛ c4⅜ c5⅝ c6⅞ c9™ d0‘ d1’ d2“ d3” d5‰ e6• fd‚ fe„'],
  [0x1300, 'bcŒ bdœ'],
  [0x2000, 'ac€'],
]

/** Arabic and Thai have their keysyms in the order of Unicode. */
const PARALLEL: readonly (readonly [first: number, last: number])[] = [
  [0x60c, 0x60c],
  [0x61b, 0x61b],
  [0x61f, 0x61f],
  [0x621, 0x63a],
  [0x640, 0x652],
  [0xe01, 0xe3a],
  [0xe3f, 0xe4d],
  [0xe50, 0xe59],
]
const PARALLEL_OFFSET = 0x60
const UNICODE_MARK = 0x100_0000

/** Dead keys by the combining mark of their accent. */
const DEAD_KEYSYMS: ReadonlyMap<number, number> = new Map([
  [0x300, 0xfe50],
  [0x301, 0xfe51],
  [0x302, 0xfe52],
  [0x303, 0xfe53],
  [0x304, 0xfe54],
  [0x306, 0xfe55],
  [0x307, 0xfe56],
  [0x308, 0xfe57],
  [0x309, 0xfe61],
  [0x30a, 0xfe58],
  [0x30b, 0xfe59],
  [0x30c, 0xfe5a],
  [0x31b, 0xfe62],
  [0x323, 0xfe60],
  [0x326, 0xfe6e],
  [0x327, 0xfe5b],
  [0x328, 0xfe5c],
  [0x331, 0xfe68],
  [0x335, 0xfe63],
])

const keysymsOfCharacters = new Map(
  PAGES.flatMap(([page, entries]) =>
    entries.split(' ').map((entry) => [entry.slice(2), page + Number.parseInt(entry.slice(0, 2), 16)] as const),
  ),
)
const charactersOfKeysyms = new Map([...keysymsOfCharacters].map(([character, keysym]) => [keysym, character]))

const isParallel = (codePoint: number) => PARALLEL.some(([first, last]) => codePoint >= first && codePoint <= last)
const isLatin1 = (number: number) => (number >= 0x20 && number <= 0x7e) || (number >= 0xa0 && number <= 0xff)

/** Is it the mark that stands for a dead key? */
export function isDeadKey(character: string): boolean {
  return DEAD_KEYSYMS.has(character.codePointAt(0) ?? 0)
}

/** The keysym of a character, or of the dead key that a combining mark stands for. */
export function keysymOfCharacter(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0
  if (isLatin1(codePoint)) return codePoint
  if (isParallel(codePoint)) return codePoint - PARALLEL_OFFSET
  return DEAD_KEYSYMS.get(codePoint) ?? keysymsOfCharacters.get(character) ?? UNICODE_MARK + codePoint
}

/** The character that a keysym gives; null for keys that give none (F1, Shift), and for those of other alphabets. */
export function characterOfKeysym(keysym: number): string | null {
  if (isLatin1(keysym)) return String.fromCodePoint(keysym)
  if (isParallel(keysym + PARALLEL_OFFSET)) return String.fromCodePoint(keysym + PARALLEL_OFFSET)
  if (keysym > UNICODE_MARK && keysym <= UNICODE_MARK + 0x10ffff) return String.fromCodePoint(keysym - UNICODE_MARK)
  return charactersOfKeysyms.get(keysym) ?? null
}
