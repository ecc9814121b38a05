import { isDeadKey } from './character-keysyms.ts'
import { createKeyHandles, type KeyHandle } from './key-handles.ts'
import { KEY_CODES, LAYOUT_ROWS } from './keyboard-layouts.ts'

/** The layout of a guest of which nothing is known. */
export const DEFAULT_LAYOUT = 'en-us'

/** One key of a layout pressed with some modifiers. */
export interface LayoutKey {
  /** `KeyboardEvent.code`. */
  readonly code: string
  /** On a PC keyboard, scan code set 1. */
  readonly scancode: number
  readonly shift: boolean
  readonly altGr: boolean
  /** What it gives: a character, or the combining mark of a dead key. */
  readonly character: string
  /** By which QEMU finds the key in the keymap of the same name; null where another key is always found instead. */
  readonly handle: KeyHandle | null
  /** A letter whose case Shift changes. */
  readonly cased: boolean
}

/** How the characters of a keyboard layout are typed. */
export interface KeyboardLayout {
  /** QEMU's name of it. */
  readonly name: string
  /** Every key with all that it gives, in the order of the keyboard. */
  readonly keys: readonly LayoutKey[]
  /** The keys to press one after the other (two with a dead key), or null when no key gives the character. */
  findKeys(character: string): readonly LayoutKey[] | null
}

/** Names of all layouts that are known. */
export const LAYOUT_NAMES: readonly string[] = Object.keys(LAYOUT_ROWS)

const SPACE: LayoutKey = {
  code: 'Space',
  scancode: 0x39,
  shift: false,
  altGr: false,
  character: ' ',
  handle: { press: 0x20, release: 0x20 },
  cased: false,
}

/** Accents that stand alone: their dead key, then Space. Other accents differ between systems. */
const DEAD_WITH_SPACE: Readonly<Record<string, string>> = { '`': '\u0300', '^': '\u0302', '~': '\u0303' }

const read = new Map<string, KeyboardLayout>()

/** The layout of this name, or null when it is not known. */
export function findLayout(name: string): KeyboardLayout | null {
  const known = read.get(name)
  if (known !== undefined) return known
  const row = Object.hasOwn(LAYOUT_ROWS, name) ? LAYOUT_ROWS[name] : undefined
  if (row === undefined) return null
  const layout = parseLayout(name, row)
  read.set(name, layout)
  return layout
}

function parseLayout(name: string, row: string): KeyboardLayout {
  const levels = row.split(' ').map((cell) => [...cell].map((character) => (character === '∅' ? null : character)))
  const findHandle = createKeyHandles(levels)
  const keys = levels.flatMap((characters, index) => {
    const [code, scancode] = KEY_CODES[index] ?? ['', 0]
    const cased = isCased(characters)
    return characters.flatMap((character, level): LayoutKey[] =>
      character === null
        ? []
        : [
            {
              code,
              scancode,
              shift: level % 2 === 1,
              altGr: level > 1,
              character,
              handle: findHandle(index, level),
              cased: cased && level < 2,
            },
          ],
    )
  })
  // Of several ways to a character one that a display's keymap finds too is taken, and then the one with the fewest modifiers.
  const effort = ({ shift, altGr, handle }: LayoutKey) => (shift ? 1 : 0) + (altGr ? 2 : 0) + (handle === null ? 4 : 0)
  const byCharacter = new Map<string, LayoutKey>()
  for (const key of keys.toSorted((a, b) => effort(a) - effort(b))) {
    if (!byCharacter.has(key.character)) byCharacter.set(key.character, key)
  }
  return { name, keys, findKeys: (character) => findKeys(byCharacter, character) }
}

function findKeys(byCharacter: ReadonlyMap<string, LayoutKey>, character: string): readonly LayoutKey[] | null {
  if (character === ' ') return [SPACE]
  if (isDeadKey(character)) return null
  const direct = byCharacter.get(character)
  if (direct !== undefined) return [direct]
  const alone = byCharacter.get(DEAD_WITH_SPACE[character] ?? '')
  if (alone !== undefined) return [alone, SPACE]
  const [base, mark, ...more] = [...character.normalize('NFD')]
  if (base === undefined || mark === undefined || more.length > 0) return null
  const [dead, key] = [byCharacter.get(mark), byCharacter.get(base)]
  return dead === undefined || key === undefined ? null : [dead, key]
}

function isCased([plain, shifted]: readonly (string | null)[]): boolean {
  if (plain === undefined || plain === null || shifted === undefined || shifted === null) return false
  return plain !== shifted && plain.toUpperCase() === shifted && shifted.toLowerCase() === plain
}
