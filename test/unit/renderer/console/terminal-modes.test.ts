import { Terminal } from '@xterm/xterm'
import { describe, expect, it } from 'vitest'
import { resetTerminalModes } from '../../../../src/renderer/features/console/terminal-modes.ts'

const write = (terminal: Terminal, data: string) => new Promise<void>((resolve) => terminal.write(data, resolve))

const textOf = ({ buffer }: Terminal) =>
  Array.from({ length: buffer.normal.length }, (_, row) => buffer.normal.getLine(row)?.translateToString(true) ?? '')
    .join('\n')
    .trimEnd()

/** What each kind of program leaves behind when its machine is switched off under it. */
const LEFT_BEHIND: readonly (readonly [string, string])[] = [
  ['an editor', '\u001b[?1049h\u001b[?1h\u001b=\u001b[?2004h\u001b[5;10r\u001b[2;3Hedited'],
  ['a program with a mouse', '\u001b[?1000h\u001b[?1003h\u001b[?1006h\u001b[?1004h'],
  ['a form', '\u001b[?6h\u001b[?7l\u001b[4h\u001b[20h\u001b[?45h'],
  ['line drawing', '\u001b(0\u000e'],
  ['a title that never ended', '\u001b]0;half a ti'],
  ['a sequence that never ended', '\u001b[38;5;'],
  ['a device string that never ended', '\u001bP$qm'],
]

describe('a terminal that is reset', () => {
  it.each(LEFT_BEHIND)('reads what comes as a new one would, after %s', async (_title, left) => {
    const fresh = new Terminal({ cols: 40, rows: 10 })
    const used = new Terminal({ cols: 40, rows: 10 })
    await write(used, `login: root\r\n${left}`)
    await resetTerminalModes(used)
    expect(used.modes).toEqual(fresh.modes)
    expect(used.buffer.active.type).toBe('normal')
    expect(used.options.convertEol).toBe(false)
    const boot = `qqq ${'x'.repeat(45)}\nstair\r\n`
    await write(fresh, `login: root\r\n${boot}`)
    await write(used, boot)
    expect(textOf(used)).toBe(textOf(fresh))
  })

  it('gives colours back', async () => {
    const terminal = new Terminal({ cols: 40, rows: 10 })
    await write(terminal, '\u001b[7;1;31mred')
    await resetTerminalModes(terminal)
    await write(terminal, 'plain')
    const cell = terminal.buffer.active.getLine(1)?.getCell(0)
    expect([cell?.getChars(), cell?.isAttributeDefault()]).toEqual(['p', true])
  })

  it('goes on below a full screen, whose lines stay', async () => {
    const terminal = new Terminal({ cols: 40, rows: 4 })
    await write(terminal, 'one\r\ntwo\r\nthree\r\nfour\u001b[1;2H')
    await resetTerminalModes(terminal)
    await write(terminal, 'five')
    expect(textOf(terminal)).toBe('one\ntwo\nthree\nfour\nfive')
  })

  it('begins at the top when nothing was written', async () => {
    const terminal = new Terminal({ cols: 40, rows: 4 })
    await resetTerminalModes(terminal)
    await write(terminal, 'first')
    expect(textOf(terminal)).toBe('first')
  })
})
