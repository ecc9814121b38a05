import { describe, expect, test } from 'vitest'
import { VIEWER_GREETING, ViewerHandshake } from '../../../../src/main/console/rfb/viewer-handshake.ts'
import { answerVncChallenge } from '../../../../src/main/console/rfb/vnc-authentication.ts'
import { buildViewerFile } from '../../../../src/main/console/viewer-file.ts'
import { isAppError } from '../../../../src/shared/errors/index.ts'

const challenge = Buffer.from('0123456789abcdef', 'latin1')
const answer = Buffer.from(answerVncChallenge('secret77', challenge))
const version = (minor: string) => Buffer.from(`RFB 003.${minor}\n`, 'latin1')

function play(script: Uint8Array, pieceBytes: number) {
  const handshake = new ViewerHandshake({ name: 'web', password: 'secret77', challenge })
  const sent: Uint8Array[] = []
  const behind: Uint8Array[] = []
  for (let at = 0; at < script.length; at += pieceBytes) {
    const piece = script.subarray(at, at + pieceBytes)
    if (behind.length > 0) {
      behind.push(piece)
      continue
    }
    const { send, rest } = handshake.push(piece)
    sent.push(send)
    if (rest !== null) behind.push(rest)
  }
  return { sent: Buffer.concat(sent), behind: behind.length === 0 ? null : Buffer.concat(behind).toString('latin1') }
}

describe('the greeting of a viewer', () => {
  test('begins with RFB 3.8', () => {
    expect(Buffer.from(VIEWER_GREETING).toString('latin1')).toBe('RFB 003.008\n')
  })

  test.each([1, 7, 100])('asks for its password and keeps what comes behind, %i bytes at a time', (pieceBytes) => {
    const script = Buffer.concat([version('008'), Uint8Array.of(2), answer, Buffer.from('behind')])
    expect(play(script, pieceBytes)).toEqual({
      sent: Buffer.concat([Uint8Array.of(1, 2), challenge, Uint8Array.of(0, 0, 0, 0)]),
      behind: 'behind',
    })
  })

  test('chooses for a viewer of before 3.7', () => {
    expect(play(Buffer.concat([version('003'), answer]), 1)).toEqual({
      sent: Buffer.concat([Uint8Array.of(0, 0, 0, 2), challenge, Uint8Array.of(0, 0, 0, 0)]),
      behind: '',
    })
  })

  test.each([
    [
      'another password',
      Buffer.concat([version('008'), Uint8Array.of(2), answer.toReversed()]),
      'console.viewer-refused',
    ],
    ['no password', Buffer.concat([version('008'), Uint8Array.of(1)]), 'console.protocol-violation'],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n'), 'console.protocol-violation'],
  ])('refuses %s', (_what, script, code) => {
    let caught: unknown
    try {
      play(script, 1)
    } catch (error) {
      caught = error
    }
    expect(isAppError(caught) && caught.code).toBe(code)
  })
})

test('a file for virt-viewer has one value a line, whatever a machine is called', () => {
  expect(buildViewerFile({ port: 5901, password: 'secret77', title: 'web\nport=1 \\ ü' })).toBe(
    '[virt-viewer]\ntype=vnc\nhost=127.0.0.1\nport=5901\npassword=secret77\ntitle=web port=1 \\\\ ü\ndelete-this-file=1\n',
  )
})
