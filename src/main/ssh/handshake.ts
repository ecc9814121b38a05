import type { Duplex } from 'node:stream'
import ssh2, { type AnyAuthMethod, type Client } from 'ssh2'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { createAuthentication } from './authentication.ts'
import { abortedError } from './failure.ts'
import type { HostKeyVerifier } from './host-key.ts'
import { type KnownHost, orderHostKeyAlgorithms } from './known-hosts-verdict.ts'
import type { ResolvedTarget } from './resolve-target.ts'
import { OPENING_LIMIT_BYTES, parseServerOpening } from './server-opening.ts'
import { decideSignInError } from './sign-in-failure.ts'
import { noteSignOfLife, prepareCipherKeys, readHostCertificates, requestOfferedKeys } from './ssh2-internals.ts'
import type { InteractiveAnswer, SshSecrets } from './types.ts'
import { batchWrites } from './write-batching.ts'

const KEEPALIVE_MS = 5_000
const KEEPALIVE_MISSED = 3
/** Of what a server writes to the person during the sign-in. */
const MESSAGE_LIMIT = 4_096

/**
 * Ciphers in the order of what they cost in Node, measured for small messages; all are AEAD or encrypt-then-MAC.
 * No compression: libvirt's messages are small and time is what counts.
 */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const
const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const

export interface HandshakeOptions {
  readonly target: ResolvedTarget
  readonly socket: Duplex
  readonly verifier: HostKeyVerifier
  /** How the host is known: the algorithms of its keys are offered first. */
  readonly known: KnownHost
  readonly secrets: () => Promise<SshSecrets>
  readonly interactive?: InteractiveAnswer | undefined
  readonly signal: AbortSignal
  readonly onWaiting: (waiting: boolean) => void
  readonly keepaliveMs?: number | undefined
}

/**
 * Agrees on keys, judges the host's, and signs in. The socket is ended on failure. Errors: ssh.closed-at-once,
 * ssh.handshake-failed, ssh.no-common-algorithm, the host key codes, ssh.authentication-failed and the codes of keys and agents,
 * ssh.account-refused, ssh.password-expired, ssh.sign-in-interrupted, ssh.unreachable, ssh.aborted.
 */
export function signIn(options: HandshakeOptions): Promise<Client> {
  const { target, socket, verifier, signal } = options
  const client = new ssh2.Client()
  const { secrets, interactive, onWaiting } = options
  const authentication = createAuthentication({ target, secrets, interactive, signal, onWaiting })
  return new Promise((resolve, reject) => {
    let phase: 'handshake' | 'authentication' | 'done' = 'handshake'
    let refusal: unknown
    let firstError: unknown
    let exhausted = false
    let hasAnswered = false
    let message = ''
    const received = collectOpening(socket)
    const fail = (error: unknown): void => {
      if (phase === 'done') return
      phase = 'done'
      signal.removeEventListener('abort', onAbort)
      client.destroy()
      socket.destroy()
      reject(error)
    }
    const onAbort = (): void => fail(abortedError('connect', signal))
    const explain = (): unknown => {
      if (refusal !== undefined) return refusal
      const asked = authentication.promptFailure()
      if (isAppError(asked)) return asked
      const { address, port, user } = target
      if (authentication.isPasswordExpired()) return new AppError('ssh.password-expired', { user, address })
      const problem = phase === 'authentication' && exhausted ? authentication.problem() : null
      if (problem !== null) return problem
      return decideSignInError({
        ...{ address, port, user, message },
        phase: phase === 'authentication' ? 'authentication' : 'handshake',
        opening: parseServerOpening(received()),
        error: firstError,
        isRefused: exhausted,
        isUnanswered: authentication.isUnanswered(),
        tried: authentication.tried(),
      })
    }
    signal.addEventListener('abort', onAbort)

    // Stays after success: an 'error' without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      if (phase === 'done') return
      // A key that would not sign is passed over; that nothing is left to try is the end, whether the host hangs up or not.
      if (error.level === 'client-authentication' && !exhausted) return
      firstError ??= error
      fail(explain())
    })
    // A server's `Banner` comes before its first answer; what comes later is about this sign-in.
    client.on('banner', (text: string) => {
      if (hasAnswered) message = `${message} ${text}`.slice(-MESSAGE_LIMIT)
    })
    client.on('change password', () => {
      const { user, address } = target
      fail(new AppError('ssh.password-expired', { user, address }))
    })
    client.on('handshake', () => {
      if (phase === 'handshake') phase = 'authentication'
      // The receiving side may get its keys only after this event.
      process.nextTick(() => prepareCipherKeys(client))
    })
    client.once('close', () => fail(explain()))
    client.once('ready', () => {
      phase = 'done'
      signal.removeEventListener('abort', onAbort)
      resolve(client)
    })
    if (signal.aborted) {
      onAbort()
      return
    }
    if (socket.destroyed) {
      fail(explain())
      return
    }
    batchWrites(socket)
    const keepaliveInterval = options.keepaliveMs ?? KEEPALIVE_MS
    countSignsOfLife(socket, client, keepaliveInterval)
    client.connect({
      sock: socket,
      username: target.user,
      readyTimeout: 0,
      keepaliveInterval,
      keepaliveCountMax: KEEPALIVE_MISSED,
      // Servers that are not OpenSSH answer for themselves whether they know its extensions.
      strictVendor: false,
      algorithms: {
        serverHostKey: orderHostKeyAlgorithms(options.known) as never,
        cipher: [...CIPHERS],
        hmac: [...MACS],
        compress: ['none'],
      },
      hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
        // When keys are renewed under way, ssh2 holds its own packets back only until the host's side is done. An answer that
        // comes later lets them go out in between, and the host ends the connection. So the key that was judged before is
        // answered for at once.
        if (verifier.accepted?.blob.equals(key)) {
          verify(true)
          return
        }
        verifier.verify(key).then(
          () => verify(true),
          (error: unknown) => {
            refusal ??= error
            verify(false)
          },
        )
      },
      authHandler: (methodsLeft, partialSuccess, next) => {
        // The typings leave out that both are null at first, and that false ends the attempts.
        const left = methodsLeft as readonly string[] | null
        hasAnswered = left !== null
        authentication.next(left, partialSuccess === true).then(
          (attempt) => {
            // ssh2 has no ear any more for what comes after the end.
            if (phase === 'done') return
            exhausted = attempt === null
            next(attempt ?? (false as unknown as AnyAuthMethod))
          },
          (error: unknown) => {
            refusal ??= error
            fail(error)
          },
        )
      },
    })
    requestOfferedKeys(client)
    readHostCertificates(client)
  })
}

function countSignsOfLife(socket: Duplex, client: Client, intervalMs: number): void {
  let notedAt = Number.NEGATIVE_INFINITY
  socket.on('data', () => {
    const now = performance.now()
    if (now - notedAt < intervalMs / 2) return
    notedAt = now
    noteSignOfLife(client)
  })
}

/** Gathers what a server sends first, to explain a failure before anything is agreed on. */
function collectOpening(socket: Duplex): () => Buffer {
  let received = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]).subarray(0, OPENING_LIMIT_BYTES)
    if (received.length === OPENING_LIMIT_BYTES) socket.off('data', onData)
  }
  socket.on('data', onData)
  return () => received
}
