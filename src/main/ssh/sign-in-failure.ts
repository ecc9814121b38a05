import { AppError } from '../../shared/errors/index.ts'
import { boundText, errorCodeOf, reasonOf } from './failure.ts'
import type { AlgorithmKind, ServerOpening } from './server-opening.ts'

/** Reason codes of SSH_MSG_DISCONNECT (RFC 4253, 11.1) that are a refusal of who signs in. */
const NO_MORE_METHODS = 14
const ILLEGAL_USER = 15
/** What sshd writes instead of its identification: PerSourcePenalties and MaxStartups. */
const TURNED_AWAY = /^(Not allowed at this time|Exceeded MaxStartups)/
const CLOSED = 'closed by the host'
const OFFER_SHOWN = 400
const MESSAGE_SHOWN = 300
const NOT_OFFERED: ReadonlySet<string> = new Set(['kex-strict-s-v00@openssh.com', 'ext-info-s'])

/** All that is known when a sign-in has failed. */
export interface SignInFailureFacts {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly phase: 'handshake' | 'authentication'
  readonly opening: ServerOpening
  /** What ssh2 said; undefined when the connection was closed in order. */
  readonly error: unknown
  /** The server has refused all that we had to offer. */
  readonly isRefused: boolean
  /** What the server wrote to the person after it had begun to answer, as PAM's account rules do; '' when nothing. */
  readonly message: string
  /** A key or password was sent and not answered any more. */
  readonly isUnanswered: boolean
  readonly tried: string
}

/**
 * Says why a sign-in failed. Only what the server has refused counts as refused: a line that was cut, or a server that
 * hangs up, may be tried again. Pure.
 */
export function decideSignInError(facts: SignInFailureFacts): AppError {
  return facts.phase === 'handshake' ? decideHandshakeError(facts) : decideRefusal(facts)
}

function decideRefusal(facts: SignInFailureFacts): AppError {
  const { address, user, error, tried, message } = facts
  const cause = { cause: error }
  const refused = (hint: 'refused' | 'too-many-attempts') =>
    new AppError('ssh.authentication-failed', { user, address, tried, hint }, cause)
  if (facts.isRefused) return refused('refused')
  const reason = error === undefined ? CLOSED : boundText(reasonOf(error))
  if (isDisconnect(error, NO_MORE_METHODS) || /^too many authentication failures/i.test(reason)) {
    return refused('too-many-attempts')
  }
  if (isDisconnect(error, ILLEGAL_USER)) return refused('refused')
  if (message !== '' && facts.isUnanswered) {
    return new AppError('ssh.account-refused', { user, address, message: boundText(message, MESSAGE_SHOWN) }, cause)
  }
  const hint = isPacketTooLarge(error) ? 'packet-too-large' : facts.isUnanswered ? 'unanswered' : 'closed'
  return new AppError('ssh.sign-in-interrupted', { user, address, reason, hint }, { ...cause, retry: 'safe' })
}

function decideHandshakeError(facts: SignInFailureFacts): AppError {
  const { address, port, opening, error } = facts
  const { identification, offers } = opening
  const options = { retry: 'safe', cause: error } as const
  const isCut = ['ECONNRESET', 'EPIPE'].includes(errorCodeOf(error))
  if (identification === null && (isCut || levelOf(error) !== 'client-socket')) {
    const said = boundText(opening.preamble, MESSAGE_SHOWN)
    if (said === '' || TURNED_AWAY.test(said))
      return new AppError('ssh.closed-at-once', { address, port, said }, options)
    return new AppError('ssh.handshake-failed', { address, port, reason: said }, options)
  }
  const reason = error === undefined ? CLOSED : boundText(reasonOf(error))
  if (levelOf(error) === 'client-socket') return new AppError('ssh.unreachable', { address, port, reason }, options)
  const hint = mismatchOf(error)
  if (hint !== null && offers !== null) {
    const offered = boundText(offers[hint].filter((name) => !NOT_OFFERED.has(name)).join(', '), OFFER_SHOWN)
    return new AppError('ssh.no-common-algorithm', { address, port, offered, hint }, { cause: error })
  }
  return new AppError('ssh.handshake-failed', { address, port, reason }, options)
}

/** What the two sides have not in common, from ssh2's words for it. */
function mismatchOf(error: unknown): AlgorithmKind | null {
  const [, words = ''] = error instanceof Error ? (/no matching (?:[CS]->[CS] )?(.*)$/.exec(error.message) ?? []) : []
  const kinds: Readonly<Record<string, AlgorithmKind>> = {
    'key exchange algorithm': 'key-exchange',
    'host key format': 'host-key',
    cipher: 'cipher',
    MAC: 'mac',
    compression: 'compression',
  }
  return kinds[words] ?? null
}

/** ssh2 gives the reason code of a disconnect as the error's `code`. */
function isDisconnect(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** ssh2 reads packets of up to 35,000 bytes, as RFC 4253 demands; a long `Banner` is one packet. */
function isPacketTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Bad packet length')
}

function levelOf(error: unknown): unknown {
  return error instanceof Error && 'level' in error ? error.level : undefined
}

/** Words of PAM, sshd and other servers for a password that must be changed before anything else. */
const MUST_CHANGE =
  /password (has|is) expired|password change required|(required|must) (to )?change your password|password must be changed/i
const ASKS_FOR_NEW = /(new|current)\)? (unix )?password/i

/** True when a command that does nothing was refused because the password has expired: sshd says so on stderr. */
export function tellsExpiredPassword(result: { readonly exitCode: number; readonly stderr: string }): boolean {
  return result.exitCode !== 0 && MUST_CHANGE.test(result.stderr)
}

/** True when prompts after the password ask to change it. */
export function asksToChangePassword(texts: readonly string[]): boolean {
  return texts.some((text) => MUST_CHANGE.test(text) || ASKS_FOR_NEW.test(text))
}
