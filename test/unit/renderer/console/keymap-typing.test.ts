import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keysymOfCharacter } from '../../../../src/renderer/features/console/character-keysyms.ts'
import { findLayout, type KeyboardLayout } from '../../../../src/renderer/features/console/keyboard-layout.ts'
import { KeymapTyping } from '../../../../src/renderer/features/console/keymap-typing.ts'

const SHIFT = 0xffe1
const ALT_GR = 0xfe03
const CONTROL = 0xffe3

function layoutOf(name: string): KeyboardLayout {
  const layout = findLayout(name)
  if (layout === null) throw new Error(`no layout ${name}`)
  return layout
}

/** What a display with this keymap is sent for what is typed, as `+` and `-` with keysyms in hexadecimal. */
function typeOn(name: string, strokes: readonly (readonly [keysym: number, down: boolean])[]): string[] {
  const sent: string[] = []
  const typing = new KeymapTyping(layoutOf(name), (keysym, _code, down) =>
    sent.push(`${down ? '+' : '-'}${nameOf(keysym)}`),
  )
  for (const [keysym, down] of strokes) typing.key(keysym, `key-${keysym}`, down)
  return sent
}

function nameOf(keysym: number): string {
  if (keysym === SHIFT) return 'Shift'
  if (keysym === ALT_GR) return 'AltGr'
  if (keysym === CONTROL) return 'Control'
  return keysym < 0x100 ? String.fromCodePoint(keysym) : keysym.toString(16)
}

const of = (character: string) => keysymOfCharacter(character)
const tap = (character: string) => [[of(character), true] as const, [of(character), false] as const]

describe('typing into a display with a keymap', () => {
  it.each<[string, string, readonly (readonly [number, boolean])[], string]>([
    ['a letter as it is', 'de', tap('z'), '+z -z'],
    ['a character with the Shift that it needs there', 'de', tap('/'), '+Shift +/ -/ -Shift'],
    [
      'a character without the Shift that is held for it here',
      'fr',
      [[SHIFT, true], ...tap('"'), [SHIFT, false]],
      '+Shift -Shift +" -" +Shift -Shift',
    ],
    [
      'a character with AltGr',
      'de',
      [[SHIFT, true], ...tap('@'), [SHIFT, false]],
      '+Shift -Shift +AltGr +@ -@ -AltGr +Shift -Shift',
    ],
    ['what needs what is held', 'de', [[SHIFT, true], ...tap('!'), [SHIFT, false]], '+Shift +! -! -Shift'],
    ['AltGr where both have it', 'de', [[ALT_GR, true], ...tap('@'), [ALT_GR, false]], '+AltGr +@ -@ -AltGr'],
    ['a capital of Caps Lock, without Shift', 'de', tap('Z'), '+Z -Z'],
    ['an accent by its dead key', 'es', tap('á'), '+fe51 -fe51 +a -a'],
    ['a shortcut', 'de', [[CONTROL, true], ...tap('z'), [CONTROL, false]], '+Control +z -z -Control'],
    [
      'a key without a character',
      'de',
      [
        [0xff0d, true],
        [0xff0d, false],
      ],
      '+ff0d -ff0d',
    ],
    [
      'Shift with Control held',
      'de',
      [
        [CONTROL, true],
        [SHIFT, true],
        [0xff1b, true],
        [0xff1b, false],
        [SHIFT, false],
        [CONTROL, false],
      ],
      '+Control +Shift +ff1b -ff1b -Shift -Control',
    ],
    [
      'two keys that overlap, each with its own modifiers',
      'de',
      [
        [of('/'), true],
        [of('z'), true],
        [of('/'), false],
        [of('z'), false],
      ],
      '+Shift +/ -Shift +z -/ -z',
    ],
    [
      'Shift that is let go before its character',
      'de',
      [
        [SHIFT, true],
        [of('A'), true],
        [SHIFT, false],
        [of('A'), false],
      ],
      '+Shift +A -A -Shift',
    ],
    ['a character that is on no key, as it came', 'ru', tap('q'), '+q -q'],
  ])('sends %s (%s)', (_title, name, strokes, expected) => {
    expect(typeOn(name, strokes).join(' ')).toBe(expected)
  })

  it('lets go of every key once everything is let go', () => {
    const keysym = fc.oneof(
      fc.constantFrom(SHIFT, ALT_GR, CONTROL, 0xffe2, 0xff0d, 0xfe51),
      fc.constantFrom(...'aZ/@"7é~ß').map(of),
    )
    const name = fc.constantFrom('de', 'fr', 'es', 'en-us', 'ru')
    fc.assert(
      fc.property(name, fc.array(fc.tuple(keysym, fc.boolean()), { maxLength: 40 }), (layout, strokes) => {
        const pressed = new Set<string>()
        const typing = new KeymapTyping(layoutOf(layout), (sent, code, down) => {
          // By code: what releases a key may be another keysym than what pressed it.
          const key = code.startsWith('key-') || code === '' ? `${code} ${sent}` : code
          if (down) pressed.add(key)
          else pressed.delete(key)
        })
        const held = new Set<number>()
        for (const [each, down] of strokes) {
          if (!down && !held.has(each)) continue
          if (down) held.add(each)
          else held.delete(each)
          typing.key(each, `key-${each}`, down)
        }
        for (const each of held) typing.key(each, `key-${each}`, false)
        expect([...pressed]).toEqual([])
      }),
    )
  })
})
