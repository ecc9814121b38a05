import { type AppError, type ErrorCode, isAppError } from '../../shared/errors/index.ts'

const BASE_MS = 500
const CEILING_MS = 30_000

/**
 * How long to wait before the given attempt (0 is the first retry): full jitter below a ceiling that doubles from
 * 0.5 s to 30 s, so that many hosts behind one lost network do not come back in step. `random` is in [0, 1).
 */
export function decideBackoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(Math.max(attempt, 0), 16))
  return Math.floor(random * ceiling)
}

const NEEDS_A_PERSON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ssh.host-key-unknown',
  'ssh.host-key-changed',
  'ssh.host-key-revoked',
  'ssh.host-key-not-certified',
  'ssh.known-hosts-unusable',
  'ssh.address-invalid',
  'ssh.user-invalid',
  'ssh.no-common-algorithm',
  'ssh.authentication-failed',
  'ssh.account-refused',
  'ssh.password-expired',
  'ssh.key-unreadable',
  'ssh.key-needs-passphrase',
  'ssh.key-passphrase-wrong',
  'ssh.key-unsupported',
  'ssh.config-invalid',
  'ssh.proxy-command-unsupported',
  'ssh.shell-output',
])

/** True for failures that no later attempt can mend by itself: keys, credentials, configuration. */
export function needsPerson(error: unknown): error is AppError {
  return isAppError(error) && NEEDS_A_PERSON.has(error.code)
}

/** After so many sign-ins in a row that ended without an answer to the password, it counts as refused. */
const UNANSWERED_LIMIT = 3

/** True when the connection ended while the host had still to answer to a key or password. */
export function isUnanswered(error: AppError): boolean {
  return isAppError(error, 'ssh.sign-in-interrupted') && error.params.hint === 'unanswered'
}

/**
 * True when the next attempt would send a password again that the host has refused: many hosts lock an account then. Some
 * servers hang up instead of answering, so that a password is not sent for ever either while nobody answers to it.
 */
export function wouldRepeatPassword(error: AppError, unansweredInARow: number): boolean {
  return isAppError(error, 'ssh.authentication-failed') || unansweredInARow >= UNANSWERED_LIMIT
}
