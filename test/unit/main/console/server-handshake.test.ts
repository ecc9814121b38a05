import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideMinorVersion, ServerHandshake } from '../../../../src/main/console/rfb/server-handshake.ts'
import { answerVncChallenge } from '../../../../src/main/console/rfb/vnc-authentication.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

const text = (value: string) => Buffer.from(value, 'latin1')
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const reason = (value: string) => Buffer.concat([uint32(value.length), text(value)])
const challenge = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

/** Feeds everything in pieces of a size; gives what was answered and what was left. */
function play(script: Uint8Array, pieceBytes: number, password: string | null = null) {
  const handshake = new ServerHandshake('web-01', password)
  const sent: Uint8Array[] = []
  let rest: Uint8Array | null = null
  for (let at = 0; at < script.length; at += pieceBytes) {
    const piece = script.subarray(at, at + pieceBytes)
    if (rest !== null) {
      rest = Buffer.concat([rest, piece])
      continue
    }
    const progress = handshake.push(piece)
    sent.push(progress.send)
    rest = progress.rest
  }
  return { sent: Buffer.concat(sent), rest: rest === null ? null : Buffer.from(rest) }
}

function failureOf(script: Uint8Array, pieceBytes: number, password: string | null = null): string {
  try {
    const { rest } = play(script, pieceBytes, password)
    return rest === null ? 'unfinished' : 'finished'
  } catch (error) {
    if (!isAppError(error)) throw error
    return `${error.code} ${JSON.stringify({ ...error.params, name: undefined })}`
  }
}

const pieces = [1, 3, 1_000]

describe.each(pieces)('the handshake with a server that is read %i bytes at a time', (piece) => {
  it('passes a 3.8 server without security, and keeps what comes behind', () => {
    const script = Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(1, 1), uint32(0), text('behind')])
    const { sent, rest } = play(script, piece)
    expect(sent).toEqual(Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(1)]))
    expect(rest).toEqual(text('behind'))
  })

  it('answers the challenge of a 3.8 server', () => {
    const script = Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(2, 19, 2), challenge, uint32(0)])
    const { sent, rest } = play(script, piece, 'secret')
    expect(sent).toEqual(
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(2), answerVncChallenge('secret', challenge)]),
    )
    expect(rest).toEqual(Buffer.alloc(0))
  })

  it('prefers no security where it is offered beside others', () => {
    const script = Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(3, 2, 19, 1), uint32(0)])
    expect(play(script, piece, 'secret').sent.at(-1)).toBe(1)
  })

  it('knows that 3.7 has no result after "None"', () => {
    const { sent, rest } = play(Buffer.concat([text('RFB 003.007\n'), Uint8Array.of(1, 1)]), piece)
    expect(sent).toEqual(Buffer.concat([text('RFB 003.007\n'), Uint8Array.of(1)]))
    expect(rest).toEqual(Buffer.alloc(0))
  })

  it('knows that 3.3 decides alone and is not answered', () => {
    const none = play(Buffer.concat([text('RFB 003.003\n'), uint32(1)]), piece)
    expect(none).toEqual({ sent: text('RFB 003.003\n'), rest: Buffer.alloc(0) })
    const script = Buffer.concat([text('RFB 003.003\n'), uint32(2), challenge, uint32(0)])
    expect(play(script, piece, 'x').sent).toEqual(
      Buffer.concat([text('RFB 003.003\n'), answerVncChallenge('x', challenge)]),
    )
  })

  it.each([
    ['something else than VNC', text('HTTP/1.1 400 Bad Request'), null, 'console.protocol-violation'],
    ['a version that is no version', text('RFB 00x.008\n'), null, 'console.protocol-violation'],
    [
      'a refusal with a reason (3.8)',
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(0), reason('Too many connections')]),
      null,
      'console.refused {"reason":"Too many connections"}',
    ],
    [
      'a refusal with a reason (3.3)',
      Buffer.concat([text('RFB 003.003\n'), uint32(0), reason('No')]),
      null,
      'console.refused {"reason":"No"}',
    ],
    [
      'a password that nobody knows',
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(1, 2)]),
      null,
      'console.password-unknown',
    ],
    [
      'TLS and SASL only',
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(3, 19, 20, 200)]),
      'secret',
      'console.security-unsupported {"offered":"VeNCrypt, SASL, 200"}',
    ],
    [
      'a wrong password (3.8)',
      Buffer.concat([
        text('RFB 003.008\n'),
        Uint8Array.of(1, 2),
        challenge,
        uint32(1),
        reason('Authentication failed'),
      ]),
      'wrong',
      'console.password-refused {"reason":"Authentication failed"}',
    ],
    [
      'a wrong password (3.7, without a reason)',
      Buffer.concat([text('RFB 003.007\n'), Uint8Array.of(1, 2), challenge, uint32(1)]),
      'wrong',
      'console.password-refused {"reason":""}',
    ],
    [
      'a reason of four gigabytes, of which a kilobyte is read',
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(0), uint32(0xff_ff_ff_ff), Buffer.alloc(1_024, 65)]),
      null,
      `console.refused {"reason":"${'A'.repeat(200)}"}`,
    ],
    [
      'a reason with control characters',
      Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(0), reason('a\u001b[31mb\nc')]),
      null,
      'console.refused {"reason":"a [31mb c"}',
    ],
  ])('names %s', (_title, script, password, expected) => {
    expect(failureOf(script, piece, password)).toContain(expected)
  })
})

describe('the handshake with a server', () => {
  it('never has the password in an error', () => {
    const script = Buffer.concat([text('RFB 003.008\n'), Uint8Array.of(1, 2), challenge, uint32(1), reason('No')])
    expect(failureOf(script, 1, 'hunter22')).not.toContain('hunter22')
  })

  it.each([
    [3, 8, 8],
    [3, 9, 8],
    [3, 889, 8],
    [4, 1, 8],
    [3, 7, 7],
    [3, 3, 3],
    [3, 5, 3],
    [3, 6, 3],
    [2, 9, 3],
  ])('answers version %i.%i with 3.%i', (major, minor, expected) => {
    expect(decideMinorVersion(major, minor)).toBe(expected)
  })

  it('takes any bytes without anything but its own errors, and the pieces make no difference', () => {
    const greeting = fc.constantFrom('RFB 003.008\n', 'RFB 003.007\n', 'RFB 003.003\n', '')
    fc.assert(
      fc.property(greeting, fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 9 }), (begin, bytes, piece) => {
        const script = Buffer.concat([text(begin), bytes])
        expect(failureOf(script, piece, 'p')).toBe(failureOf(script, 10_000, 'p'))
      }),
      { numRuns: 2_000 },
    )
  })
})
