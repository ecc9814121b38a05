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

/** How long the host may count a session that is over: until it has reaped the command, which loaded hosts take their time for. */
const LINGER_MS = 2_000
/** How long a limit that was learnt is believed: longer than a burst, shorter than a person would wait to try again. */
const BELIEVED_MS = 60_000

/** A place for one channel; `release` once, when the channel has closed. */
export interface ChannelLease {
  release(): void
}

/** A place for a session channel. */
export interface SessionLease extends ChannelLease {
  /** The session channels that were open or being opened when this place was given. */
  readonly others: number
  /** Those that had closed just before: the host may count them still. */
  readonly lingering: number
}

interface Waiter {
  readonly grant: (others: number) => void
  readonly fail: (error: AppError) => void
}

/**
 * Counts the channels of one connection. Forwards are only bounded; session channels also wait their turn. How many the host
 * allows (its MaxSessions) is learnt for a while from its refusals.
 */
export class ChannelPool {
  readonly #limits: ChannelLimits
  readonly #now: () => number
  #forwards = 0
  #sessions = 0
  /** `until` by the monotonic clock. */
  #learnt: { readonly limit: number; readonly until: number } | null = null
  /** When sessions closed, latest last, by the monotonic clock. */
  #closings: number[] = []
  readonly #refused = new WeakSet<SessionLease>()
  readonly #waiters: Waiter[] = []

  constructor(limits: Partial<ChannelLimits> = {}, monotonicMs: () => number = () => performance.now()) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#now = monotonicMs
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
    // A limit may have been forgotten since they began to wait.
    this.#grantWaiting()
    const isFull = this.#sessions >= this.#sessionLimit
    const others = isFull ? await this.#waitForSession(timeoutMs, signal) : this.#sessions++
    const place: SessionLease = { ...lease(() => this.#leave(place)), others, lingering: this.#countLingering() }
    return place
  }

  /**
   * The host refused the session channel of a place. Returns how many it allows at most, 0 when it has none even for the first.
   * The host judges requests in their order, by what was open before each; what is open when its answer comes says nothing.
   * It may have counted sessions that were over, so that these are added.
   */
  noteSessionRefused(place: SessionLease): number {
    this.#refused.add(place)
    const atMost = place.others + place.lingering
    if (atMost > 0 && atMost <= this.#sessionLimit) {
      this.#learnt = { limit: atMost, until: this.#now() + BELIEVED_MS }
    }
    return atMost
  }

  limitError(limit: number = this.#sessionLimit): AppError {
    return new AppError('ssh.channel-limit', { open: this.open, limit }, { retry: 'safe' })
  }

  get #sessionLimit(): number {
    if (this.#learnt !== null && this.#now() >= this.#learnt.until) this.#learnt = null
    return this.#learnt?.limit ?? this.#limits.sessions
  }

  #leave(place: SessionLease): void {
    this.#sessions--
    if (!this.#refused.has(place)) this.#closings.push(this.#now())
    this.#grantWaiting()
  }

  #countLingering(): number {
    const since = this.#now() - LINGER_MS
    this.#closings = this.#closings.filter((closedAt) => closedAt > since)
    return this.#closings.length
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

  #grantWaiting(): void {
    for (let next = this.#waiters[0]; next !== undefined; next = this.#waiters[0]) {
      if (this.#sessions >= this.#sessionLimit) return
      // Counted before the waiter runs, so that nobody slips in between.
      next.grant(this.#sessions++)
    }
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
