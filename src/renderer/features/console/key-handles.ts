import { keysymOfCharacter } from './character-keysyms.ts'

/** Keysyms that press and release one key of a display with a keymap. */
export interface KeyHandle {
  readonly press: number
  readonly release: number
}

/** A place where a character stands: the index of the key, and its level (1: with Shift, 2: with AltGr, 3: with both). */
interface Place {
  readonly key: number
  readonly level: number
}

/**
 * Makes the function that finds a key's handle at a level; null when there is none.
 *
 * A display with a keymap takes no positions of keys, only keysyms, and looks for them in its keymap (QEMU,
 * `keysym2scancode`). One that stands on several keys is pressed where the modifiers fit that are down, and released where
 * a key is down that has it without modifiers, else on the first key that has it: the key that was pressed stays down then,
 * and the guest repeats it for ever. So a key is pressed and released by whichever of its characters lead back to it.
 */
export function createKeyHandles(
  keys: readonly (readonly (string | null)[])[],
): (key: number, level: number) => KeyHandle | null {
  const places = new Map<string, Place[]>()
  for (const [key, characters] of keys.entries()) {
    for (const [level, character] of characters.entries()) {
      if (character === null || character !== inKeymap(character)) continue
      places.set(character, [...(places.get(character) ?? []), { key, level }])
    }
  }
  const placesOf = (character: string) => places.get(inKeymap(character)) ?? []
  const pressed = (character: string, level: number) =>
    (placesOf(character).find((place) => place.level === level) ?? placesOf(character)[0])?.key
  const released = (character: string, key: number) =>
    (placesOf(character).find((place) => place.level === 0 && place.key === key) ?? placesOf(character)[0])?.key

  return (key, level) => {
    const characters = keys[key] ?? []
    const own = characters[level]
    const candidates = [own, ...characters].filter((each) => each !== undefined && each !== null)
    // Every QEMU knows the names of Latin-1. Of other alphabets it knows letters rather than what stands at the edge.
    const [plain] = characters
    const rest = candidates.filter((character) => !isLatin1(character))
    const tried = [
      ...candidates.filter(isLatin1),
      ...rest.filter((character) => character === plain),
      ...rest.filter((character) => character !== plain),
    ]
    const press = tried.find((character) => pressed(character, level) === key)
    const release =
      press !== undefined && released(press, key) === key
        ? press
        : tried.find((character) => released(character, key) === key)
    if (press === undefined || release === undefined) return null
    return { press: keysymAtLevel(press, level), release: keysymAtLevel(release, level) }
  }
}

const isLatin1 = (character: string) => (character.codePointAt(0) ?? 0) < 0x100
const isLetter = (character: string) => /^[a-z]$/i.test(character)

/** QEMU looks for a where A is pressed. */
function inKeymap(character: string): string {
  return isLetter(character) ? character.toLowerCase() : character
}

/** A letter whose case does not fit Shift would make QEMU press Caps Lock. */
function keysymAtLevel(character: string, level: number): number {
  if (!isLetter(character)) return keysymOfCharacter(character)
  return keysymOfCharacter(level % 2 === 1 ? character.toUpperCase() : character.toLowerCase())
}
