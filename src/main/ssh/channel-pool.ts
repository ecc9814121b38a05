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

interface Waiter {
  readonly grant: () => void
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
  async acquireSession(timeoutMs: number, signal?: AbortSignal): Promise<ChannelLease> {
    throwIfAborted(signal, 'exec')
    this.#requireRoom()
    if (this.#sessions >= this.#sessionLimit) await this.#waitForSession(timeoutMs, signal)
    else this.#sessions++
    return lease(() => {
      this.#sessions--
      this.#grantNext()
    })
  }

  /** The host refused a session channel: returns how many it allows, 0 when it has none even for the first. */
  noteSessionRefused(): number {
    const others = this.#sessions - 1
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

  #waitForSession(timeoutMs: number, signal?: AbortSignal): Promise<void> {
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
        grant: () => {
          leave()
          resolve()
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
    this.#sessions++
    next.grant()
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
