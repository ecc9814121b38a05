import { describe, expect, it, vi } from 'vitest'
import { createBoundedTerminal } from '../../../../src/renderer/features/console/bounded-terminal.ts'

const MIB = 1024 * 1024

/** A terminal that parses only when told to. */
function slowTerminal() {
  const written: (string | number)[] = []
  const waiting: { readonly bytes: number; readonly done: () => void }[] = []
  let mostBytes = 0
  return {
    written,
    mostBytes: () => mostBytes,
    write: (data: string | Uint8Array, done: () => void) => {
      written.push(typeof data === 'string' ? data : data.length)
      waiting.push({ bytes: data.length, done })
      mostBytes = Math.max(
        mostBytes,
        waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      )
    },
    parseOne: () => waiting.shift()?.done(),
  }
}

describe('what is written to a terminal', () => {
  it('is taken only when the terminal has parsed it', async () => {
    const terminal = slowTerminal()
    const { write } = createBoundedTerminal(terminal, () => 'gap')
    const taken: string[] = []
    const first = write(new Uint8Array(10)).then(() => taken.push('first'))
    await Promise.resolve()
    expect(taken).toEqual([])
    terminal.parseOne()
    await first
    expect(taken).toEqual(['first'])
  })

  it('never waits without bound, and says how much was left out', () => {
    const terminal = slowTerminal()
    const { write } = createBoundedTerminal(terminal, (bytes) => `${bytes / MIB} MiB left out`)
    for (let number = 0; number < 100; number += 1) void write(new Uint8Array(MIB))
    expect(terminal.mostBytes()).toBeLessThanOrEqual(4 * MIB)
    expect(terminal.written).toHaveLength(4)
    terminal.parseOne()
    void write(new Uint8Array(MIB))
    expect(terminal.written).toHaveLength(4)
    terminal.parseOne()
    expect(terminal.written.slice(4)).toEqual(['\r\n97 MiB left out\r\n'])
    void write(new Uint8Array(7))
    expect(terminal.written.at(-1)).toBe(7)
    for (let number = 0; number < 4; number += 1) terminal.parseOne()
    expect(terminal.written).toHaveLength(6)
  })

  it('holds what comes until something else is done, in order, and counts it as waiting', async () => {
    const terminal = slowTerminal()
    const output = createBoundedTerminal(terminal, (bytes) => `${bytes / MIB} MiB left out`)
    const { promise, resolve } = Promise.withResolvers<void>()
    output.hold(promise)
    for (let number = 1; number <= 6; number += 1) void output.write(new Uint8Array(MIB))
    expect(terminal.written).toEqual([])
    resolve()
    await vi.waitFor(() => expect(terminal.written).toHaveLength(4))
    for (let number = 0; number < 4; number += 1) terminal.parseOne()
    void output.write(new Uint8Array(7))
    expect(terminal.written.slice(4)).toEqual(['\r\n2 MiB left out\r\n', 7])
  })
})
