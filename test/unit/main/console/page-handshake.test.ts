import { describe, expect, it } from 'vitest'
import { PAGE_GREETING, PageHandshake } from '../../../../src/main/console/rfb/page-handshake.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

const text = (value: string) => Buffer.from(value, 'latin1')

function play(script: Uint8Array, pieceBytes: number) {
  const handshake = new PageHandshake('web-01')
  const sent: Uint8Array[] = []
  let rest = Buffer.alloc(0)
  let done = false
  for (let at = 0; at < script.length; at += pieceBytes) {
    const piece = script.subarray(at, at + pieceBytes)
    if (done) {
      rest = Buffer.concat([rest, piece])
      continue
    }
    const progress = handshake.push(piece)
    sent.push(progress.send)
    done = progress.rest !== null
    rest = Buffer.from(progress.rest ?? [])
  }
  return { sent: Buffer.concat(sent), done, rest }
}

describe('the greeting of the window', () => {
  it('begins with RFB 3.8', () => {
    expect(Buffer.from(PAGE_GREETING)).toEqual(text('RFB 003.008\n'))
  })

  it.each([1, 5, 100])('offers no security and keeps what comes behind, %i bytes at a time', (piece) => {
    const result = play(Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(1, 1), text('behind')]), piece)
    expect(result.sent).toEqual(Buffer.from([1, 1, 0, 0, 0, 0]))
    expect(result.done).toBe(true)
    expect(result.rest).toEqual(Buffer.concat([Uint8Array.of(1), text('behind')]))
  })

  it.each([
    ['another version', text('RFB 003.003\n')],
    ['a security type that was not offered', Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(2)])],
  ])('refuses %s', (_title, script) => {
    let caught: unknown
    try {
      play(script, 1)
    } catch (error) {
      caught = error
    }
    expect(isAppError(caught, 'console.protocol-violation')).toBe(true)
  })
})
