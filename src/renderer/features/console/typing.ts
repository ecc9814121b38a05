import { type Key, strokesOf } from './keysyms.ts'

/*
 * Typing a text into a guest, key by key. Only positions on a keyboard can be sent, not characters: what arrives depends
 * on the guest's layout. The table is the US layout, which guests have unless told otherwise.
 */

/** Longest text that is typed; at the pace below this takes about three minutes. */
export const TYPING_LIMIT = 4_096
/** QEMU plays one key event every 10 ms and keeps a short queue: a press and a release, with some room. */
const STROKE_MS = 12

const SHIFT: Key = { keysym: 0xffe1, code: 'ShiftLeft' }

/** Each key of the US layout: its name, what it gives, and what it gives with Shift. */
const US_KEYS: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'],
  ['Digit1', '1', '!'],
  ['Digit2', '2', '@'],
  ['Digit3', '3', '#'],
  ['Digit4', '4', '$'],
  ['Digit5', '5', '%'],
  ['Digit6', '6', '^'],
  ['Digit7', '7', '&'],
  ['Digit8', '8', '*'],
  ['Digit9', '9', '('],
  ['Digit0', '0', ')'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ...[...'abcdefghijklmnopqrstuvwxyz'].map(
    (letter) => [`Key${letter.toUpperCase()}`, letter, letter.toUpperCase()] as const,
  ),
]

const KEYS_OF_CHARACTERS: ReadonlyMap<string, readonly Key[]> = new Map([
  [' ', [{ keysym: 0x20, code: 'Space' }]],
  ['\n', [{ keysym: 0xff0d, code: 'Enter' }]],
  ['\t', [{ keysym: 0xff09, code: 'Tab' }]],
  ...US_KEYS.flatMap(([code, plain, shifted]): [string, readonly Key[]][] => [
    [plain, [{ keysym: plain.charCodeAt(0), code }]],
    [shifted, [SHIFT, { keysym: shifted.charCodeAt(0), code }]],
  ]),
])

/** What typing a text means: the keys of each character, the characters that no key gives, and about how long it takes. */
export interface TypingPlan {
  readonly characters: readonly (readonly Key[])[]
  /** Each once, in the order of their coming. */
  readonly untypable: readonly string[]
  readonly durationMs: number
  readonly tooLong: boolean
}

/** Plans the typing of a text. Line ends of all systems become Enter. Pure. */
export function planTyping(text: string): TypingPlan {
  const characters: (readonly Key[])[] = []
  const untypable = new Set<string>()
  const all = [...text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')]
  for (const character of all) {
    const keys = KEYS_OF_CHARACTERS.get(character)
    if (keys === undefined) untypable.add(character)
    else characters.push(keys)
  }
  const strokes = characters.reduce((sum, keys) => sum + 2 * keys.length, 0)
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
  for (const [index, keys] of plan.characters.entries()) {
    if (signal.aborted) return
    const strokes = strokesOf(keys)
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
