import type { IBuffer, Terminal } from '@xterm/xterm'

const ESC = '\u001b'
const csi = (rest: string) => `${ESC}[${rest}`

/**
 * Ends whatever sequence was being read, and takes back what a program may have set without clearing the screen: the
 * alternate screen, mouse reports, bracketed paste, keys of an application, colours, character sets, margins. In the
 * order of xterm's "Control Sequences"; `?47` leaves the alternate screen without moving the cursor, as `?1049` would.
 */
const MODES_BACK = [
  '\u0018', // CAN
  `${ESC}\\`, // ST
  csi('?47l'),
  ...['?9l', '?1000l', '?1002l', '?1003l', '?1005l', '?1006l', '?1015l', '?1016l'].map(csi),
  ...['?1004l', '?2004l', '?2026l'].map(csi),
  ...['?1l', '?5l', '?6l', '?45l', '?66l', '4l', '20l'].map(csi),
  csi('!p'),
  ...['?7h', '?25h', '0m', 'r', '0 q'].map(csi),
  `${ESC}(B${ESC})B\u000f`,
  ...['104', '110', '111', '112'].map((color) => `${ESC}]${color}${ESC}\\`),
].join('')

/**
 * Brings a terminal back to how a machine that starts expects it, and puts the cursor below what was written: that stays.
 * Resolves when it is done; what is written before that may still be read with the old modes.
 */
export function resetTerminalModes(terminal: Pick<Terminal, 'write' | 'buffer'>): Promise<void> {
  return new Promise((resolve) => {
    // `r` and `!p` put the cursor nowhere in particular: where the text ends is known once they are done.
    terminal.write(MODES_BACK, () => {
      const row = firstFreeRow(terminal.buffer.active)
      terminal.write(row === null ? `${csi('999;1H')}\n` : csi(`${row + 1};1H`), resolve)
    })
  })
}

/** The row of the screen (from 0) below the last one with text; null when the last row has some. */
function firstFreeRow(buffer: IBuffer): number | null {
  const rows = buffer.length - buffer.baseY
  for (let row = rows - 1; row >= 0; row -= 1) {
    const text = buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? ''
    if (text !== '') return row === rows - 1 ? null : row + 1
  }
  return 0
}
