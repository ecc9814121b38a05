import { Duplex } from 'node:stream'

const ENTER = 0x0d
const BACKSPACE = new Set([0x08, 0x7f])

/** The other end of a serial port: greets with the machine's name, and echoes what is typed, as a terminal shows it. */
export function createSerialConsole(machineName: string): Duplex {
  const prompt = `${machineName}:~# `
  let typed = 0
  const terminal = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const shown: string[] = []
      for (const byte of chunk) {
        if (byte === ENTER) {
          shown.push(`\r\n${prompt}`)
          typed = 0
        } else if (BACKSPACE.has(byte)) {
          if (typed > 0) shown.push('\b \b')
          typed = Math.max(0, typed - 1)
        } else {
          shown.push(String.fromCharCode(byte))
          typed += 1
        }
      }
      terminal.push(Buffer.from(shown.join(''), 'latin1'))
      done()
    },
    final: (done) => {
      terminal.push(null)
      done()
    },
  })
  terminal.push(`\r\nThis serial port is simulated: it echoes what is typed.\r\n${prompt}`)
  return terminal
}
