import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseServerOpening } from '../../../../src/main/ssh/server-opening.ts'
import {
  asksToChangePassword,
  decideSignInError,
  type SignInFailureFacts,
  tellsExpiredPassword,
} from '../../../../src/main/ssh/sign-in-failure.ts'
import { packString, packUint32 } from '../../../../src/main/ssh/wire-format.ts'

const LISTS = [
  'mlkem768x25519-sha256,kex-strict-s-v00@openssh.com',
  'ssh-ed25519',
  'a,b',
  'c',
  'm1',
  'm2',
  'none',
  'none',
]
const KEXINIT = Buffer.concat([
  packUint32(400),
  Buffer.from([6, 20]),
  Buffer.alloc(16),
  ...LISTS.map((list) => packString(list)),
])
const IDENTIFICATION = 'SSH-2.0-OpenSSH_10.0\r\n'

describe("a server's beginning", () => {
  it('is its identification and what it offers, after lines of its own', () => {
    const opening = parseServerOpening(Buffer.concat([Buffer.from(`Hello\r\n${IDENTIFICATION}`), KEXINIT]))
    expect(opening).toMatchObject({
      preamble: 'Hello\r\n',
      identification: 'SSH-2.0-OpenSSH_10.0',
      offers: { 'host-key': ['ssh-ed25519'], cipher: ['c'], mac: ['m2'], compression: ['none'] },
    })
  })

  it('is read as far as it has come, wherever it is cut, and whatever it holds', () => {
    const whole = Buffer.concat([Buffer.from(IDENTIFICATION), KEXINIT])
    for (let length = 0; length < whole.length; length++) {
      expect(parseServerOpening(whole.subarray(0, length)).offers).toBeNull()
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseServerOpening(Buffer.from(bytes))))
  })
})

describe('a failed sign-in', () => {
  const facts = (more: Partial<SignInFailureFacts>): SignInFailureFacts => ({
    address: 'web',
    port: 22,
    user: 'root',
    phase: 'authentication',
    opening: parseServerOpening(Buffer.concat([Buffer.from(IDENTIFICATION), KEXINIT])),
    error: undefined,
    isRefused: false,
    message: '',
    isUnanswered: false,
    tried: 'password',
    ...more,
  })
  const failure = (message: string, more: object = {}) => Object.assign(new Error(message), more)
  const silent = parseServerOpening(Buffer.alloc(0))
  const saying = (text: string) => parseServerOpening(Buffer.from(text))

  it.each<[string, Partial<SignInFailureFacts>, string, object]>([
    ['all refused', { isRefused: true }, 'ssh.authentication-failed', { hint: 'refused' }],
    ['a line cut', { error: failure('x', { code: 'ECONNRESET' }) }, 'ssh.sign-in-interrupted', { hint: 'closed' }],
    ['a line cut under way', { isUnanswered: true }, 'ssh.sign-in-interrupted', { hint: 'unanswered' }],
    [
      'a server that counts',
      { error: failure('Too many authentication failures', { code: 2 }) },
      'ssh.authentication-failed',
      { hint: 'too-many-attempts' },
    ],
    [
      'no method left',
      { error: failure('bye', { code: 14 }) },
      'ssh.authentication-failed',
      { hint: 'too-many-attempts' },
    ],
    ['no such user', { error: failure('bye', { code: 15 }) }, 'ssh.authentication-failed', { hint: 'refused' }],
    ['a server that stops', { error: failure('bye', { code: 11 }) }, 'ssh.sign-in-interrupted', { reason: 'bye' }],
    [
      'a long banner',
      { error: failure('Bad packet length: 80020') },
      'ssh.sign-in-interrupted',
      { hint: 'packet-too-large' },
    ],
    [
      'a message of the account rules',
      { isUnanswered: true, message: 'Your account has expired;\n' },
      'ssh.account-refused',
      { message: 'Your account has expired;' },
    ],
    ['a message, refused', { isRefused: true, message: 'x' }, 'ssh.authentication-failed', {}],
    ['silence', { phase: 'handshake', opening: silent }, 'ssh.closed-at-once', { said: '' }],
    [
      'a reset before any word',
      { phase: 'handshake', opening: silent, error: failure('x', { code: 'ECONNRESET', level: 'client-socket' }) },
      'ssh.closed-at-once',
      { said: '' },
    ],
    [
      'a penalty',
      { phase: 'handshake', opening: saying('Not allowed at this time\r\n') },
      'ssh.closed-at-once',
      { said: 'Not allowed at this time' },
    ],
    [
      'a mail server',
      { phase: 'handshake', opening: saying('220 mail ESMTP\r\n') },
      'ssh.handshake-failed',
      { reason: '220 mail ESMTP' },
    ],
    [
      'a line that is dead',
      { phase: 'handshake', opening: silent, error: failure('x', { code: 'ETIMEDOUT', level: 'client-socket' }) },
      'ssh.unreachable',
      { reason: 'ETIMEDOUT' },
    ],
    [
      'no key exchange in common',
      { phase: 'handshake', error: failure('Handshake failed: no matching key exchange algorithm') },
      'ssh.no-common-algorithm',
      { hint: 'key-exchange', offered: 'mlkem768x25519-sha256' },
    ],
    [
      'no cipher in common',
      { phase: 'handshake', error: failure('Handshake failed: no matching S->C cipher') },
      'ssh.no-common-algorithm',
      { hint: 'cipher', offered: 'c' },
    ],
  ])('by %s is told as that', (_, more, code, params) => {
    expect(decideSignInError(facts(more))).toMatchObject({ code, params })
  })
})

describe('an expired password', () => {
  it.each([
    [1, 'WARNING: Your password has expired.\nPassword change required but no TTY available.\n', true],
    [1, 'This account is currently not available.\n', false],
    [0, 'Your password has expired.\n', false],
    [127, '', false],
  ])('is told by exit code %i and %j: %s', (exitCode, stderr, expected) =>
    expect(tellsExpiredPassword({ exitCode, stderr })).toBe(expected),
  )

  it.each([
    [['You are required to change your password immediately (administrator enforced).', 'Current password: '], true],
    [['(current) UNIX password: '], true],
    [['New password: '], true],
    [['Password: '], false],
    [['Verification code: '], false],
  ])('is told by the prompts %j: %s', (texts, expected) => expect(asksToChangePassword(texts)).toBe(expected))
})
