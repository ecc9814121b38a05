import { AppError } from '../../shared/errors/index.ts'
import { abortedError, throwIfAborted } from './failure.ts'

export interface ChannelLimits {
  /** All channels of a session together. */
  readonly channels: number
  /** Session channels (exec, sftp), which sshd counts against MaxSessions (10 unless configured). */
  readonly sessions: number
  /** Callers that may wait for a session channel. */
  readonly waiting: number
}

const DEFAULT_LIMITS: ChannelLimits = { channels: 256, sessions: 10, waiting: 256 }

/** A place for one channel; `release` once, when the channel has closed. */
export interface ChannelLease {
  release(): void
}

/** A place for a session channel. */
export interface SessionLease extends ChannelLease {
  /** The session channels that were open or being opened when this place was given. */
  readonly others: number
}

interface Waiter {
  readonly grant: (others: number) => void
  readonly fail: (error: AppError) => void
}

/**
 * Counts the channels of one connection. Forwards are only bounded; session channels also wait their turn, and when
 * the host refuses one while others are open, its MaxSessions has been learnt.
 */
export class ChannelPool {
  readonly #limits: ChannelLimits
  #forwards = 0
  #sessions = 0
  #sessionLimit: number
  readonly #waiters: Waiter[] = []

  constructor(limits: Partial<ChannelLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#sessionLimit = this.#limits.sessions
  }

  get open(): number {
    return this.#forwards + this.#sessions
  }

  /** A place for a forward. Errors: ssh.channel-limit. */
  acquireForward(): ChannelLease {
    this.#requireRoom()
    this.#forwards++
    return lease(() => {
      this.#forwards--
    })
  }

  /** A place for a session channel, waiting for one if need be. Errors: ssh.channel-limit, ssh.aborted. */
  async acquireSession(timeoutMs: number, signal?: AbortSignal): Promise<SessionLease> {
    throwIfAborted(signal, 'exec')
    this.#requireRoom()
    const isFull = this.#sessions >= this.#sessionLimit
    const others = isFull ? await this.#waitForSession(timeoutMs, signal) : this.#sessions++
    const release = () => {
      this.#sessions--
      this.#grantNext()
    }
    return { ...lease(release), others }
  }

  /**
   * The host refused the session channel of a place: returns how many it allows, 0 when it has none even for the first. The
   * host judges requests in their order, by what was open before each; what is open when its answer comes says nothing.
   */
  noteSessionRefused({ others }: SessionLease): number {
    if (others > 0) this.#sessionLimit = Math.min(this.#sessionLimit, others)
    return others
  }

  limitError(limit: number = this.#sessionLimit): AppError {
    return new AppError('ssh.channel-limit', { open: this.open, limit }, { retry: 'safe' })
  }

  /** The connection has ended: nobody waits any longer. */
  failAll(error: AppError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error)
  }

  #requireRoom(): void {
    if (this.open < this.#limits.channels && this.#waiters.length < this.#limits.waiting) return
    throw new AppError('ssh.channel-limit', { open: this.open, limit: this.#limits.channels }, { retry: 'safe' })
  }

  /** Resolves with the `others` of the place. */
  #waitForSession(timeoutMs: number, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        const at = this.#waiters.indexOf(waiter)
        if (at >= 0) this.#waiters.splice(at, 1)
      }
      const fail = (error: AppError): void => {
        leave()
        reject(error)
      }
      const onAbort = (): void => fail(abortedError('exec', signal))
      const timer = setTimeout(() => fail(this.limitError()), timeoutMs)
      const waiter: Waiter = {
        grant: (others) => {
          leave()
          resolve(others)
        },
        fail,
      }
      signal?.addEventListener('abort', onAbort)
      this.#waiters.push(waiter)
    })
  }

  #grantNext(): void {
    if (this.#sessions >= this.#sessionLimit) return
    const next = this.#waiters[0]
    if (next === undefined) return
    // Counted before the waiter runs, so that nobody slips in between.
    next.grant(this.#sessions++)
  }
}

function lease(onRelease: () => void): ChannelLease {
  let released = false
  return {
    release: () => {
      if (released) return
      released = true
      onRelease()
    },
  }
}
