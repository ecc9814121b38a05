import { keysymOfCharacter } from './character-keysyms.ts'
import type { KeyboardLayout, LayoutKey } from './keyboard-layout.ts'
import { altGr, type Key, shift, strokesOf } from './keysyms.ts'

/*
 * Typing a text into a guest, key by key. Only keys can be sent, not characters: what arrives depends on the guest's
 * layout, so that the text is typed as on a keyboard of that layout.
 */

/** Longest text that is typed; at the pace below this takes about three minutes. */
export const TYPING_LIMIT = 4_096
/** QEMU plays one key event every 10 ms and keeps a short queue: a press and a release, with some room. */
const STROKE_MS = 12

/** What the keys of a guest give, and who says so. */
export interface Keyboard {
  readonly layout: KeyboardLayout
  /**
   * A display with a keymap takes no positions of keys: it looks for keysyms in its keymap, which is then of this layout.
   * Any other one passes the positions on, and the guest makes of them what it will.
   */
  readonly decidedBy: 'guest' | 'display'
}

/** Keys that are pressed one after the other and released in reverse. */
type Chord = readonly Key[]

const CONTROL_KEYS: ReadonlyMap<string, readonly Chord[]> = new Map([
  ['\n', [[{ keysym: 0xff0d, code: 'Enter' }]]],
  ['\t', [[{ keysym: 0xff09, code: 'Tab' }]]],
])

/** The chords of a character, or null when no key of the layout gives it. */
function findChords({ layout, decidedBy }: Keyboard, character: string): readonly Chord[] | null {
  const keys = layout.findKeys(character)
  if (keys === null) return CONTROL_KEYS.get(character) ?? null
  const chords = keys.map((key) => chordOf(key, decidedBy))
  return chords.every((chord) => chord !== null) ? chords : null
}

function chordOf(key: LayoutKey, decidedBy: Keyboard['decidedBy']): Chord | null {
  const modifiers = [...(key.shift ? [shift] : []), ...(key.altGr ? [altGr] : [])]
  const { code, character, handle } = key
  if (decidedBy === 'guest') return [...modifiers, { keysym: keysymOfCharacter(character), code }]
  if (handle === null) return null
  return [...modifiers, { keysym: handle.press, releaseKeysym: handle.release, code }]
}

/** What typing a text means: the chords of each character (two with a dead key), the characters that no key gives, and about how long it takes. */
export interface TypingPlan {
  readonly characters: readonly (readonly Chord[])[]
  /** Each once, in the order of their coming. */
  readonly untypable: readonly string[]
  readonly durationMs: number
  readonly tooLong: boolean
}

/** Plans the typing of a text. Line ends of all systems become Enter. Pure. */
export function planTyping(text: string, keyboard: Keyboard): TypingPlan {
  const characters: (readonly Chord[])[] = []
  const untypable = new Set<string>()
  const all = [...text.normalize('NFC').replaceAll('\r\n', '\n').replaceAll('\r', '\n')]
  for (const character of all) {
    const chords = findChords(keyboard, character)
    if (chords === null) untypable.add(character)
    else characters.push(chords)
  }
  const strokes = characters.flat().reduce((sum, keys) => sum + 2 * keys.length, 0)
  return {
    characters,
    untypable: [...untypable],
    durationMs: strokes * STROKE_MS,
    tooLong: all.length > TYPING_LIMIT,
  }
}

/** Types what was planned at a pace that QEMU keeps up with, until it is done or aborted. Progress is 0–1. */
export async function typePlanned(
  plan: TypingPlan,
  sendKey: (keysym: number, code: string, down: boolean) => void,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: (fraction: number) => void },
): Promise<void> {
  for (const [index, chords] of plan.characters.entries()) {
    if (signal.aborted) return
    const strokes = chords.flatMap(strokesOf)
    for (const { keysym, code, down } of strokes) sendKey(keysym, code, down)
    await pause(strokes.length * STROKE_MS, signal)
    progress((index + 1) / plan.characters.length)
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, milliseconds)
    signal.addEventListener('abort', finish)
  })
}
