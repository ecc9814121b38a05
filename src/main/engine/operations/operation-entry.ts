import type { OperationRecord } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { isEqualValue } from '../is-equal-value.ts'
import type { HeldLocks, LockTable } from '../lock-table.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import { type OperationCall, validate } from '../parsed-call.ts'
import type { Clock, Log } from '../ports.ts'
import { planCall } from './make-record.ts'
import type { AttemptEnd, OperationRun } from './operation-run.ts'

/** How often it is tried again by itself: at first, and at most. What the host is still at is looked at more often. */
const RETRY_MS = { first: 5_000, longest: 10 * 60_000, atIt: 2_000 }
/** How often locks are taken anew because the objects changed while they were waited for. */
const PLANNING_TRIES = 5
/** How long a fresh look is waited for. A host that takes longer is acted on by what is known of it. */
export const REFRESH_MS = 3_000

export interface EntryTools {
  readonly clock: Clock
  readonly log: Log
  readonly locks: LockTable
  readonly model: () => ModelSnapshot
  readonly lockTimeoutMs: number
  /** It has come to rest and waits for a host or a person. */
  readonly onOpen: (entry: OperationEntry) => void
  /** It has ended; its record is stored. */
  readonly onEnd: (entry: OperationEntry) => void
  /** Its secrets are needed no more. */
  readonly forgetSecrets: (record: OperationRecord) => Promise<void>
}

/** An operation among the others: it takes its locks, holds them until it has settled, and tries again while it is open. */
export class OperationEntry {
  readonly run: OperationRun
  readonly call: OperationCall
  readonly #tools: EntryTools
  readonly #waiting = new AbortController()
  #held: HeldLocks | null = null
  #attempt: Promise<AttemptEnd> | null = null
  #cancelRetry: () => void = () => undefined
  #pauseMs = RETRY_MS.first
  #isStopping = false
  #hasBegun = false

  constructor(run: OperationRun, call: OperationCall, tools: EntryTools) {
    this.run = run
    this.call = call
    this.#tools = tools
  }

  get record(): OperationRecord {
    return this.run.record
  }

  /** True while an attempt is under way, also one that nobody waits for any more. */
  get isAtWork(): boolean {
    return this.#attempt !== null || this.run.late !== null
  }

  /** It waits for its locks, or has had them. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  get isOpen(): boolean {
    return this.record.finishedAt === null
  }

  /** Resolves when no attempt is under way. */
  async whenIdle(): Promise<void> {
    await this.#attempt
    await this.run.late
  }

  /** From its queueing to its first rest. Never rejects. */
  async begin(): Promise<AttemptEnd> {
    this.#hasBegun = true
    try {
      this.#held = await this.#takeLocks()
    } catch (error) {
      if (this.#isStopping) return 'stopped'
      return this.refuse(error)
    }
    return this.attempt()
  }

  /** Takes up one of an engine that is gone. */
  resume(): void {
    this.#held = this.#tools.locks.retake(this.record.plan.locks, holderOf(this.record))
    this.#held.setWaiting(true)
    this.#retryIn(0)
  }

  /** Goes on as far as it can now; the attempt under way counts. Never rejects. */
  attempt(): Promise<AttemptEnd> {
    this.#cancelRetry()
    if (this.#isStopping) return Promise.resolve('stopped')
    if (!this.isOpen) return Promise.resolve('settled')
    if (this.run.late !== null) return Promise.resolve('open')
    this.#attempt ??= this.#advance().finally(() => {
      this.#attempt = null
    })
    return this.#attempt
  }

  /** Ends it without a step. */
  async refuse(error: unknown): Promise<AttemptEnd> {
    this.run.refuse(error)
    await this.#end()
    return 'settled'
  }

  /** Asks it to stop. Throws `task.not-cancellable`. */
  cancel(): void {
    const waits = this.record.status === 'queued'
    this.run.cancel()
    if (waits) this.#waiting.abort(new AppError('task.cancelled', { command: this.record.command }))
  }

  /** A person's word: whatever is left of it, it is over. */
  async abandon(): Promise<void> {
    this.#cancelRetry()
    this.run.abandon()
    await this.#end()
  }

  /** No further step begins; what waits for locks stops waiting. With `now`, the step at work is told to end. */
  stop(reason: AppError, now: boolean): void {
    this.#isStopping = true
    this.#cancelRetry()
    this.#waiting.abort(reason)
    this.run.stop(reason, now || this.run.goesOn)
  }

  async #advance(): Promise<AttemptEnd> {
    this.#held?.setWaiting(false)
    const end = await this.run.advance()
    if (end === 'settled') await this.#end()
    if (end === 'open') {
      this.#held?.setWaiting(true)
      this.#tools.onOpen(this)
      const { late } = this.run
      if (late === null) this.#retryLater()
      else void late.then(() => this.attempt())
    }
    return end
  }

  #retryLater(): void {
    if (this.run.hostIsAtIt) {
      this.#retryIn(RETRY_MS.atIt)
      return
    }
    this.#retryIn(this.#pauseMs)
    this.#pauseMs = Math.min(RETRY_MS.longest, this.#pauseMs * 2)
  }

  #retryIn(delayMs: number): void {
    this.#cancelRetry()
    this.#cancelRetry = this.#tools.clock.after(delayMs, () => void this.attempt())
  }

  async #end(): Promise<void> {
    await this.run.saveEnd()
    await this.#tools.forgetSecrets(this.record)
    this.#held?.release()
    this.#held = null
    this.#tools.onEnd(this)
  }

  /** Waits for the locks that the plan needs. Once they are held it looks, validates and plans again: the world has gone on. */
  async #takeLocks(): Promise<HeldLocks> {
    const { locks, model, lockTimeoutMs } = this.#tools
    const { command, ids } = this.record
    for (let tries = 0; tries < PLANNING_TRIES; tries += 1) {
      const claims = this.record.plan.locks
      const held = await locks.acquire({
        claims,
        command,
        holder: holderOf(this.record),
        timeoutMs: lockTimeoutMs,
        signal: this.#waiting.signal,
      })
      try {
        await this.#refresh()
        const refusal = validate(this.call, model())
        if (refusal !== null) throw refusal
        // Cancelled in the moment between the lock and here: then it never ran.
        this.#waiting.signal.throwIfAborted()
        const plan = planCall(this.call, model(), ids)
        this.run.replan(plan)
        if (isEqualValue(plan.locks, claims)) return held
      } catch (error) {
        held.release()
        throw error
      }
      held.release()
    }
    throw new AppError('operation.plan-changed', { command }, { retry: 'safe' })
  }

  /** Lets the handler look again at what it decides by. Resolves when it has, when its time is over, or when nobody waits any more. */
  async #refresh(): Promise<void> {
    const { refresh } = this.call.handler
    if (refresh === undefined) return
    const { clock, model, log } = this.#tools
    const { signal } = this.#waiting
    const over = Promise.withResolvers<void>()
    const cancelTimer = clock.after(REFRESH_MS, over.resolve)
    signal.addEventListener('abort', () => over.resolve(), { once: true })
    const look = async () => refresh({ input: this.call.input, model })
    const looked = look().catch((error: unknown) => {
      if (!isAppError(error)) log.error({ err: error, command: this.record.command }, 'a fresh look failed by a bug')
    })
    await Promise.race([looked, over.promise])
    cancelTimer()
  }
}

function holderOf({ command, user, subject }: OperationRecord): string {
  return `${command} (${user}, ${subject.name})`
}
