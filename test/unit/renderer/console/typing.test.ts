import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyCombinations, strokesOf, terminalCombinations } from '../../../../src/renderer/features/console/keysyms.ts'
import { planTyping, TYPING_LIMIT, typePlanned } from '../../../../src/renderer/features/console/typing.ts'

const codesOf = (text: string) => planTyping(text).characters.map((keys) => keys.map(({ code }) => code).join('+'))

describe('the plan of typing a text', () => {
  it('finds every printable ASCII character on a key', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')
    const plan = planTyping(ascii)
    expect(plan.untypable).toEqual([])
    expect(plan.characters).toHaveLength(95)
    for (const [index, keys] of plan.characters.entries()) expect(keys.at(-1)?.keysym).toBe(32 + index)
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

  it('names what no key gives, once each, and types the rest', () => {
    const plan = planTyping('é한é😀b')
    expect(plan.untypable).toEqual(['é', '한', '😀'])
    expect(plan.characters).toHaveLength(1)
  })

  it('is bounded', () => {
    expect(planTyping('a'.repeat(TYPING_LIMIT)).tooLong).toBe(false)
    expect(planTyping('a'.repeat(TYPING_LIMIT + 1)).tooLong).toBe(true)
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
    const plan = planTyping('aB')
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
      planTyping('ABCDEF'),
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
