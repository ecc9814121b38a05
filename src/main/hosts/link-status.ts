import type { HostId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import {
  decideReachStatus,
  type GracePolicy,
  type LinkPhase,
  nonResponsiveAtMs,
  type ReachStatus,
} from './decide-reach-status.ts'
import type { LinkClock, LinkLog } from './link-settings.ts'

/** How far a link has got, and what its next step is. */
export interface LinkProgress {
  readonly phase: LinkPhase
  /** Attempts that failed since the last success. */
  readonly failures: number
  /** Why it is not up. */
  readonly error: AppError | null
  /** Milliseconds since the epoch; null: none is planned. */
  readonly nextAttemptAt: number | null
}

export interface LinkStatusOptions {
  readonly hostId: HostId
  readonly clock: LinkClock
  readonly settings: () => GracePolicy
  readonly log: LinkLog
  readonly runningVmCount: () => number
  readonly isStorageManager: () => boolean
  /** Something changed that whoever shows the link should see. */
  readonly onChange: () => void
}

/** How far a host is reached, as it follows from its link's progress and from when the host was last heard. */
export class LinkStatus {
  readonly #options: LinkStatusOptions
  #progress: LinkProgress = { phase: 'idle', failures: 0, error: null, nextAttemptAt: null }
  #status: ReachStatus = 'unassigned'
  #statusSince: number
  /** By the monotonic clock, as all that is decided by time. */
  #lastSuccessMs: number
  #heardMs: number | null = null
  #heardAt: number | null = null
  #cancelTimer: () => void = () => undefined

  constructor(options: LinkStatusOptions) {
    this.#options = options
    this.#lastSuccessMs = options.clock.monotonicMs()
    this.#statusSince = options.clock.now()
  }

  get progress(): LinkProgress {
    return this.#progress
  }

  get status(): ReachStatus {
    return this.#status
  }

  get statusSince(): number {
    return this.#statusSince
  }

  /** When the host last told us anything. */
  get heardAt(): number | null {
    return this.#heardAt
  }

  /** By what was kept of before: when it was heard last, for a host that was not heard since. */
  remember(heardAt: number): void {
    this.#heardAt ??= heardAt
  }

  heard(): void {
    const { clock } = this.#options
    this.#heardMs = clock.monotonicMs()
    this.#heardAt = clock.now()
  }

  /** A live connection ended, after a silence of at most `silentMs`: so long ago the host was still there. */
  lost(silentMs: number): void {
    const { clock } = this.#options
    const nowMs = clock.monotonicMs()
    this.#lastSuccessMs = Math.max(this.#heardMs ?? Number.NEGATIVE_INFINITY, nowMs - silentMs)
    this.#heardMs = this.#lastSuccessMs
    this.#heardAt = clock.now() - (nowMs - this.#lastSuccessMs)
  }

  /** The wall's clock was set by so much: what was stamped before is shown as it would have been stamped by it. */
  shiftStamps(deltaMs: number): void {
    const { nextAttemptAt } = this.#progress
    this.#statusSince += deltaMs
    if (this.#heardAt !== null) this.#heardAt += deltaMs
    this.change(nextAttemptAt === null ? {} : { nextAttemptAt: nextAttemptAt + deltaMs })
  }

  /** Notes how far the link is, decides the status anew and tells. */
  change(changes: Partial<LinkProgress> = {}): void {
    const { clock, log, hostId, onChange } = this.#options
    this.#progress = { ...this.#progress, ...changes }
    const { phase, failures, error } = this.#progress
    const status = decideReachStatus({ phase, failures, error, nowMs: clock.monotonicMs(), ...this.#grace() })
    if (status !== this.#status) {
      this.#status = status
      this.#statusSince = clock.now()
      log.info({ hostId, status, code: error?.code }, 'host status changed')
    }
    onChange()
  }

  /** The status may change while nothing happens: when the grace time is over. */
  watchGrace(): void {
    const { clock } = this.#options
    this.#cancelTimer()
    const delayMs = nonResponsiveAtMs(this.#grace()) - clock.monotonicMs()
    this.#cancelTimer = delayMs > 0 ? clock.after(delayMs + 1, () => this.change()) : () => undefined
  }

  stop(): void {
    this.#cancelTimer()
  }

  #grace() {
    const { settings, runningVmCount, isStorageManager } = this.#options
    return {
      lastSuccessMs: this.#lastSuccessMs,
      policy: settings(),
      runningVmCount: runningVmCount(),
      isStorageManager: isStorageManager(),
    }
  }
}
