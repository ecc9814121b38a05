import { characterOfKeysym } from './character-keysyms.ts'
import type { KeyboardLayout, LayoutKey } from './keyboard-layout.ts'
import { altGr, type Key, shift } from './keysyms.ts'

/** Sends a key to a display. */
export type SendKey = (keysym: number, code: string, down: boolean) => void

/** Keysyms that choose what a key gives. */
const SHIFTS: ReadonlySet<number> = new Set([0xffe1, 0xffe2])
const ALT_GRS: ReadonlySet<number> = new Set([0xfe03, 0xff7e])

/**
 * What a person types, for a display with a keymap: a stage between the keyboard and the connection.
 *
 * Such a display takes characters and finds their keys in its keymap, but not the modifiers that they need there: who types
 * "/" on a US keyboard into a display with a German keymap gives the guest a 7, as that is the key of "/" without Shift. So
 * the modifiers of the layout are held while such a key is down, and afterwards again those that the person holds.
 */
export class KeymapTyping {
  readonly #layout: KeyboardLayout
  readonly #send: SendKey
  /** Held by the person, and down in the guest: keysyms of modifiers with the codes of their keys. */
  readonly #held = new Map<number, string>()
  readonly #down = new Map<number, string>()
  /** What was sent for keys that are down, by the person's key: how to release them. */
  readonly #pressed = new Map<string, readonly [keysym: number, code: string]>()
  /** Those of them that give a character, with modifiers that may not be the person's. */
  readonly #typing = new Set<string>()

  constructor(layout: KeyboardLayout, send: SendKey) {
    this.#layout = layout
    this.#send = send
  }

  /** A key of the person's keyboard, with the keysym of what it gives there. */
  key(keysym: number, code: string, down: boolean): void {
    if (SHIFTS.has(keysym) || ALT_GRS.has(keysym)) this.#modifier(keysym, code, down)
    else if (down) this.#press(keysym, code)
    else this.#release(keysym, code)
  }

  #modifier(keysym: number, code: string, down: boolean): void {
    if (down) this.#held.set(keysym, code)
    else this.#held.delete(keysym)
    // While a character's key is down its modifiers stay: a guest repeats it with them.
    if (this.#typing.size === 0) this.#hold(this.#held)
  }

  #press(keysym: number, code: string): void {
    const name = nameOf(keysym, code)
    const keys = this.#findKeys(keysym)
    const last = keys?.at(-1)
    if (keys === null || last === undefined) {
      this.#hold(this.#held)
      this.#pressed.set(name, [keysym, code])
      this.#send(keysym, code, true)
      return
    }
    for (const dead of keys.slice(0, -1)) {
      const { press, release } = dead.handle ?? { press: keysym, release: keysym }
      this.#holdFor(dead)
      this.#send(press, dead.code, true)
      this.#send(release, dead.code, false)
    }
    this.#holdFor(last)
    this.#typing.add(name)
    // A letter goes as it was typed: its case tells of Caps Lock, too.
    const typed = { press: keysym, release: keysym }
    const { press, release } = isLetter(keysym) ? typed : (last.handle ?? typed)
    this.#pressed.set(name, [release, last.code])
    this.#send(press, last.code, true)
  }

  #release(keysym: number, code: string): void {
    const name = nameOf(keysym, code)
    const [releaseKeysym, sentCode] = this.#pressed.get(name) ?? [keysym, code]
    this.#pressed.delete(name)
    this.#typing.delete(name)
    this.#send(releaseKeysym, sentCode, false)
    if (this.#typing.size === 0) this.#hold(this.#held)
  }

  #findKeys(keysym: number): readonly LayoutKey[] | null {
    const character = characterOfKeysym(keysym)
    return character === null || character === ' ' ? null : this.#layout.findKeys(character)
  }

  #holdFor({ shift: needsShift, altGr: needsAltGr, cased }: LayoutKey): void {
    // With Caps Lock a letter's case does not tell whether Shift is held.
    const shifts = cased ? this.#heldOf(SHIFTS) : needsShift ? this.#heldOf(SHIFTS, shift) : []
    const altGrs = needsAltGr ? this.#heldOf(ALT_GRS, altGr) : []
    this.#hold(new Map([...shifts, ...altGrs]))
  }

  /** Those of these modifiers that the person holds; the other one when it is none. */
  #heldOf(keysyms: ReadonlySet<number>, otherwise?: Key): [number, string][] {
    const held = [...this.#held].filter(([keysym]) => keysyms.has(keysym))
    return held.length > 0 || otherwise === undefined ? held : [[otherwise.keysym, otherwise.code]]
  }

  /** Brings the guest's modifiers to these, in as few strokes as that takes. */
  #hold(wanted: ReadonlyMap<number, string>): void {
    for (const [keysym, code] of [...this.#down]) {
      if (wanted.has(keysym)) continue
      this.#down.delete(keysym)
      this.#send(keysym, code, false)
    }
    for (const [keysym, code] of wanted) {
      if (this.#down.has(keysym)) continue
      this.#down.set(keysym, code)
      this.#send(keysym, code, true)
    }
  }
}

function isLetter(keysym: number): boolean {
  return (keysym >= 0x41 && keysym <= 0x5a) || (keysym >= 0x61 && keysym <= 0x7a)
}

/** A key of the person: some send no code, and are told apart by what they give. */
function nameOf(keysym: number, code: string): string {
  return code === '' ? `keysym ${keysym}` : code
}
