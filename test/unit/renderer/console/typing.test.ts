import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findLayout } from '../../../../src/renderer/features/console/keyboard-layout.ts'
import { keyCombinations, strokesOf, terminalCombinations } from '../../../../src/renderer/features/console/keysyms.ts'
import {
  type Keyboard,
  planTyping,
  TYPING_LIMIT,
  typePlanned,
} from '../../../../src/renderer/features/console/typing.ts'

function keyboard(name: string, decidedBy: Keyboard['decidedBy'] = 'guest'): Keyboard {
  const layout = findLayout(name)
  if (layout === null) throw new Error(`no layout ${name}`)
  return { layout, decidedBy }
}

const us = keyboard('en-us')
const codesOf = (text: string, on = us) =>
  planTyping(text, on).characters.map((chords) =>
    chords.map((keys) => keys.map(({ code }) => code).join('+')).join(' then '),
  )

describe('the plan of typing a text', () => {
  it('finds every printable ASCII character on a key', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')
    const plan = planTyping(ascii, us)
    expect(plan.untypable).toEqual([])
    expect(plan.characters).toHaveLength(95)
    for (const [index, chords] of plan.characters.entries()) expect(chords.at(-1)?.at(-1)?.keysym).toBe(32 + index)
  })

  it.each([
    ['aA', ['KeyA', 'ShiftLeft+KeyA']],
    ['1!', ['Digit1', 'ShiftLeft+Digit1']],
    ['\'"', ['Quote', 'ShiftLeft+Quote']],
    ['\\|', ['Backslash', 'ShiftLeft+Backslash']],
    ['\t ', ['Tab', 'Space']],
    ['a\r\nb\rc\nd', ['KeyA', 'Enter', 'KeyB', 'Enter', 'KeyC', 'Enter', 'KeyD']],
  ])('presses for %j the right keys', (text, expected) => {
    expect(codesOf(text)).toEqual(expected)
  })

  it.each<[string, string, readonly string[]]>([
    ['de', 'z/', ['KeyY', 'ShiftLeft+Digit7']],
    ['de', '@ß', ['AltRight+KeyQ', 'Minus']],
    ['fr', 'a1', ['KeyQ', 'ShiftLeft+Digit1']],
    ['es', '~`', ['AltRight+Digit4', 'BracketLeft then Space']],
    ['es', 'áÊ', ['Quote then KeyA', 'ShiftLeft+BracketLeft then ShiftLeft+KeyE']],
    ['es', 'a\u0301', ['Quote then KeyA']],
    ['ru', 'я', ['KeyZ']],
    ['ja', '\\', ['IntlRo']],
  ])('on %s presses for %j the keys of that layout', (name, text, expected) => {
    expect(codesOf(text, keyboard(name))).toEqual(expected)
  })

  it('names for a display with a keymap keysyms that lead to one key only', () => {
    const [[[, key] = []] = []] = planTyping('’', keyboard('de', 'display')).characters
    // AltGr, then the key of "#": QEMU knows no keysym of the apostrophe
    expect(key).toMatchObject({ code: 'Backslash', keysym: 0x23, releaseKeysym: 0x23 })
    // "¬" is pressed by its own keysym, which would not release its key again
    const [[[, not] = []] = []] = planTyping('¬', keyboard('de', 'display')).characters
    expect(not).toMatchObject({ code: 'Digit6' })
  })

  it('names what no key gives, once each, and types the rest', () => {
    const plan = planTyping('é한é😀b', us)
    expect(plan.untypable).toEqual(['é', '한', '😀'])
    expect(plan.characters).toHaveLength(1)
  })

  it('is bounded', () => {
    expect(planTyping('a'.repeat(TYPING_LIMIT), us).tooLong).toBe(false)
    expect(planTyping('a'.repeat(TYPING_LIMIT + 1), us).tooLong).toBe(true)
  })
})

describe('typing', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('presses and releases in order, at the planned pace', async () => {
    const sent: string[] = []
    const plan = planTyping('aB', us)
    const fractions: number[] = []
    const done = typePlanned(plan, (_keysym, code, down) => sent.push(`${code}${down ? '↓' : '↑'}`), {
      signal: new AbortController().signal,
      progress: (fraction) => fractions.push(fraction),
    })
    await vi.advanceTimersByTimeAsync(plan.durationMs)
    await done
    expect(sent).toEqual(['KeyA↓', 'KeyA↑', 'ShiftLeft↓', 'KeyB↓', 'KeyB↑', 'ShiftLeft↑'])
    expect(fractions).toEqual([0.5, 1])
  })

  it('stops between two characters when cancelled: no key stays down', async () => {
    const down = new Set<string>()
    const cancel = new AbortController()
    let sent = 0
    const done = typePlanned(
      planTyping('ABCDEF', us),
      (_keysym, code, pressed) => {
        sent += 1
        if (pressed) down.add(code)
        else down.delete(code)
      },
      { signal: cancel.signal, progress: () => undefined },
    )
    await vi.advanceTimersByTimeAsync(60)
    cancel.abort()
    await done
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThan(24)
    expect([...down]).toEqual([])
  })
})

describe('key combinations', () => {
  it('release in reverse order what they pressed', () => {
    const [first] = keyCombinations
    expect(strokesOf(first?.keys ?? []).map(({ code, down }) => `${code}${down ? '↓' : '↑'}`)).toEqual([
      'ControlLeft↓',
      'AltLeft↓',
      'Delete↓',
      'Delete↑',
      'AltLeft↑',
      'ControlLeft↑',
    ])
  })

  it('have ids of their own', () => {
    const ids = [...keyCombinations, ...terminalCombinations].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('know all twelve virtual terminals', () => {
    expect(terminalCombinations.map(({ keys }) => keys.at(-1))).toEqual(
      Array.from({ length: 12 }, (_, index) => ({ keysym: 0xffbe + index, code: `F${index + 1}` })),
    )
  })
})
