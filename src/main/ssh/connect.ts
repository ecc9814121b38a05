import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { createAttemptClock } from './attempt-clock.ts'
import type { SkippedDirective } from './config-files.ts'
import { signIn } from './handshake.ts'
import { createHostKeyVerifier } from './host-key.ts'
import type { KnownHosts } from './known-hosts.ts'
import type { KnownHost } from './known-hosts-verdict.ts'
import { knownNameOf, type ResolvedTarget, resolveTarget, type SshConfigSource } from './resolve-target.ts'
import { createSession } from './session.ts'
import { tellsExpiredPassword } from './sign-in-failure.ts'
import { SshConnection } from './ssh-connection.ts'
import { openTcp } from './tcp.ts'
import type { InteractiveAnswer, SshSecrets, SshSession, SshTarget } from './types.ts'

const CONNECT_TIMEOUT_MS = 20_000
const HOPS_LIMIT = 8
const QUICKEN_TIMEOUT_MS = 2_000

export interface ConnectOptions {
  readonly target: SshTarget
  /** Called when a secret is needed, at each connect anew. */
  readonly secrets: () => Promise<SshSecrets>
  /** Secrets of jump hosts. Without it they get the passphrase alone: a target's password is not theirs to see. */
  readonly jumpSecrets?: (jump: { readonly address: string; readonly user: string }) => Promise<SshSecrets>
  readonly knownHosts: KnownHosts
  /** The fingerprint that a person has confirmed: a host (or jump host) that offers exactly this key is pinned. */
  readonly acceptFingerprint?: string
  /** For everything until the session can be used, without the time a person takes to answer; default 20 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly interactive?: InteractiveAnswer
  readonly config?: SshConfigSource
  /** Told, for the host and for those on the way, what of the configuration was skipped: it may be why the rest fails. */
  readonly onConfigSkipped?: (skipped: readonly SkippedDirective[]) => void
  /** How often the host is asked whether it is still there; after three unanswered times it is lost. Default 5 s. */
  readonly keepaliveMs?: number
}

/**
 * Connects to a host, through its jump hosts if it has some, judges each host's key and signs in.
 * Errors: the `ssh.` codes up to `ssh.jump-failed`, ssh.connect-timed-out, ssh.aborted. Nothing is left open on failure.
 */
export async function connectSsh(options: ConnectOptions): Promise<SshSession> {
  const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS
  const clock = createAttemptClock(timeoutMs, options.signal)
  let resolved: ResolvedTarget | undefined
  try {
    resolved = await resolveTarget(options.target, options.config, clock.signal)
    options.onConfigSkipped?.(resolved.skipped)
    return await connectHop({ ...options, clock, hops: 0 }, resolved, options.secrets)
  } catch (error) {
    if (!clock.timedOut()) throw error
    const { address, port = 22 } = resolved ?? options.target
    throw new AppError('ssh.connect-timed-out', { address, port, timeoutMs }, { retry: 'safe', cause: error })
  } finally {
    clock.stop()
  }
}

interface Attempt extends ConnectOptions {
  readonly clock: ReturnType<typeof createAttemptClock>
  readonly hops: number
}

async function connectHop(
  attempt: Attempt,
  target: ResolvedTarget,
  secrets: () => Promise<SshSecrets>,
  through: SshSession | null = null,
): Promise<SshSession> {
  const jump = through ?? (await connectJumps(attempt, target))
  try {
    const { client, hostKey } = await connectClient(attempt, target, secrets, jump)
    const { address, port, user } = target
    const endpoint = { address, port, user, knownAs: knownNameOf(target) }
    const session = createSession(new SshConnection(client, address), { hostKey, endpoint }, async () => jump?.close())
    await quicken(session, attempt.clock.signal)
    return session
  } catch (error) {
    await jump?.close()
    throw error
  }
}

/** Types to ask for one after the other when a person has confirmed a key and the host showed another one of its own. */
const OTHER_TYPES: readonly KnownHost[] = ['ecdsa-sha2-nistp256', 'ssh-rsa'].map((type) => ({
  types: [type],
  hasAuthority: false,
}))

async function connectClient(
  attempt: Attempt,
  target: ResolvedTarget,
  secrets: () => Promise<SshSecrets>,
  jump: SshSession | null,
): Promise<{ client: Client; hostKey: SshSession['hostKey'] }> {
  const { address, port, addressFamily: family } = target
  const { knownHosts, acceptFingerprint, interactive, keepaliveMs, clock } = attempt
  const { signal, pause: onWaiting } = clock
  const known = knownNameOf(target)
  const { knownHosts: places } = target
  const before = await knownHosts.fetchKnownHost({ ...known, places, signal })
  const orders = acceptFingerprint && before.types.length === 0 ? [before, ...OTHER_TYPES] : [before]
  let unknown: AppError | undefined
  for (const order of orders) {
    const verifier = createHostKeyVerifier({ ...known, knownHosts, places, signal, acceptFingerprint })
    // Nothing may be awaited between the two: a socket that ends meanwhile would end unheard.
    const socket = jump ? await forwardFromJump(jump, target, signal) : await openTcp({ address, port, family, signal })
    try {
      const credentials = { secrets, interactive, onWaiting }
      const client = await signIn({ target, socket, verifier, known: order, signal, keepaliveMs, ...credentials })
      const { type = '', fingerprint = '' } = verifier.accepted ?? {}
      return { client, hostKey: { type, fingerprint } }
    } catch (error) {
      socket.destroy()
      if (!isAppError(error, 'ssh.host-key-unknown') && !isAppError(error, 'ssh.host-key-not-certified')) throw error
      unknown ??= error
    }
  }
  throw unknown ?? new AppError('internal', { detail: 'no host key type to ask for' })
}

/**
 * Runs one empty command. sshd turns Nagle's delay off (TCP_NODELAY) when it starts the first command of a connection,
 * not for forwards: without this, answers through a forward wait for our acknowledgements, which doubles the time of a
 * libvirt call. A host that runs no commands is merely slower. It also tells a password that has expired: sshd lets the user in
 * and then allows nothing but to change it. Errors: ssh.password-expired, ssh.connection-lost, ssh.aborted.
 */
async function quicken(session: SshSession, signal: AbortSignal): Promise<void> {
  try {
    const result = await session.exec('exit 0', { timeoutMs: QUICKEN_TIMEOUT_MS, signal })
    if (tellsExpiredPassword(result)) {
      const { user, address } = session.endpoint
      throw new AppError('ssh.password-expired', { user, address })
    }
  } catch (error) {
    if (isAppError(error, 'ssh.password-expired')) {
      await session.close()
      throw error
    }
    if (signal.aborted) {
      await session.close()
      throw error
    }
    if (isAppError(error, 'ssh.connection-lost')) throw error
  }
}

/** Connects the chain of `ProxyJump`, nearest first, and returns the last of it; null when there is none. */
async function connectJumps(attempt: Attempt, target: ResolvedTarget): Promise<SshSession | null> {
  const [first] = target.jumps
  if (first === undefined) return null
  if (attempt.hops + 1 >= HOPS_LIMIT) throw new AppError('ssh.jump-failed', { jumpHost: first.address })
  // All names first: a bad one must not leave the hosts before it connected.
  const hops: ResolvedTarget[] = []
  for (const jump of target.jumps) {
    const hop = await resolveTarget(jump, attempt.config, attempt.clock.signal)
    attempt.onConfigSkipped?.(hop.skipped)
    hops.push(hop)
  }
  let session: SshSession | null = null
  for (const hop of hops) {
    const secrets = async (): Promise<SshSecrets> => {
      if (attempt.jumpSecrets) return attempt.jumpSecrets({ address: hop.address, user: hop.user })
      const { passphrase } = await attempt.secrets()
      return passphrase === undefined ? {} : { passphrase }
    }
    // The rest of a chain goes through what is already there, whatever its own configuration says.
    session = await connectHop({ ...attempt, hops: attempt.hops + 1 }, hop, secrets, session)
  }
  return session
}

async function forwardFromJump(jump: SshSession, target: ResolvedTarget, signal: AbortSignal): Promise<Duplex> {
  try {
    return await jump.forwardTcp(target.address, target.port, { signal })
  } catch (error) {
    throw new AppError('ssh.jump-failed', { jumpHost: jump.endpoint.address }, { retry: 'safe', cause: error })
  }
}
