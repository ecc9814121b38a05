import type { CommandName } from '../../../shared/contract/index.ts'
import type { GuestAnswer, OperationRecord, Plan, StepText } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../model-snapshot.ts'
import type { Clock, Log } from '../ports.ts'
import { ABANDON_MS, type BoundedOutcome, runBounded, type SettledOutcome } from '../run-bounded.ts'
import * as change from './change-record.ts'
import { decideMove, isCancellable } from './decide-move.ts'
import {
  type AnswerContext,
  decideAfterCrash,
  type OperationHandler,
  type StepContext,
  type StepHandler,
} from './operation-handler.ts'

const STEP_TIMEOUT_MS = 60_000
/** A record that could not be stored (a full disk) is stored as soon as that is possible again. */
const SAVE_AGAIN_MS = 5_000

/** A handler whose command is known only at run time: `never` keeps anything but the parsed input out. */
export type AnyOperationHandler = OperationHandler<never> & { readonly name: CommandName }

/** What a run needs of those who list and store it. */
export interface RunTools {
  readonly clock: Clock
  readonly log: Log
  readonly model: () => ModelSnapshot
  /** Durable when it resolves. */
  readonly save: (record: OperationRecord) => Promise<void>
  /** Told of every change. */
  readonly publish: (run: OperationRun) => void
}

export interface RunOptions {
  readonly record: OperationRecord
  readonly handler: AnyOperationHandler
  /** The parsed input, secrets included. */
  readonly input: never
  readonly tools: RunTools
}

/** How an attempt ended: at its end; open, waiting for a host or a person; or in the middle, as the engine stops. */
export type AttemptEnd = 'settled' | 'open' | 'stopped'

/**
 * Drives one operation by its record: asks what comes next, does it, and stores both intent and result. Knows nothing of
 * locks, lists and callers. One attempt at a time.
 */
export class OperationRun {
  readonly handler: AnyOperationHandler
  readonly #input: never
  readonly #tools: RunTools
  readonly #memory = new Map<string, unknown>()
  readonly #tried = new Set<number>()
  /** Steps that this attempt has run. */
  readonly #ran = new Set<number>()
  #record: OperationRecord
  #controller: AbortController | null = null
  #stopping: AppError | null = null
  #late: Promise<void> | null = null
  #cancelSaveAgain: () => void = () => undefined
  #hostIsAtIt = false
  #startedMs: number | null = null
  #fraction = 0
  #text: StepText | null = null

  constructor({ record, handler, input, tools }: RunOptions) {
    this.#record = record
    this.handler = handler
    this.#input = input
    this.#tools = tools
  }

  get record(): OperationRecord {
    return this.#record
  }

  /** Has the handler follow what was asked of a guest by an engine that is gone. */
  awaitAnswer(): void {
    const { user, answer, finishedAt } = this.#record
    const context: AnswerContext<never> = {
      input: this.#input,
      user,
      model: this.#tools.model,
      results: this.results,
      askedAt: finishedAt ?? this.#now(),
      answer,
      answered: (outcome) => this.#answer(outcome),
    }
    this.handler.awaitAnswer?.(context)
  }

  /** How far the step at work is, and what it says of itself. */
  get live(): { readonly fraction: number; readonly text: StepText | null } {
    return { fraction: this.#fraction, text: this.#text }
  }

  /** Pending while a step that was told to stop has not ended yet. Null otherwise. */
  get late(): Promise<void> | null {
    return this.#late
  }

  /** The host goes on with a step that nobody here waits for: to be looked at again soon. */
  get hostIsAtIt(): boolean {
    return this.#hostIsAtIt
  }

  get memory(): ReadonlyMap<string, unknown> {
    return this.#memory
  }

  get input(): never {
    return this.#input
  }

  /** What the steps that are done have left. */
  get results(): Readonly<Record<string, change.Json>> {
    const { plan, steps } = this.#record
    return Object.fromEntries(plan.steps.map(({ id }, index) => [id, steps[index]?.result ?? null]))
  }

  /** Takes a newer plan, as long as nothing of the old one has begun. */
  replan(plan: Plan): void {
    const steps = plan.steps.map(() => ({ phase: 'pending', result: null, error: null }) as const)
    this.#change({ ...this.#record, plan, steps })
  }

  /** Goes on as far as it can. Never rejects. */
  async advance(): Promise<AttemptEnd> {
    this.#tried.clear()
    this.#ran.clear()
    this.#hostIsAtIt = false
    for (;;) {
      if (this.#stopping !== null) return 'stopped'
      const move = decideMove(this.#record, this.#tried)
      switch (move.do) {
        case 'run':
          await this.#runStep(move.index)
          break
        case 'inspect':
          await this.#inspectStep(move.index)
          break
        case 'undo':
          await this.#undoStep(move.index)
          break
        case 'settle':
          this.#change(change.ended(this.#record, move.status, this.#now()))
          return 'settled'
        case 'wait':
          this.#change(change.opened(this.#record, this.#hostIsAtIt ? 'running' : move.status))
          await this.#save()
          return 'open'
      }
    }
  }

  /** Stores its end. A failed write is reported, not thrown: what happened has happened. */
  async saveEnd(): Promise<void> {
    await this.#save()
  }

  /** Ends it without another step: refused under its lock, or cancelled while it waited. */
  refuse(error: unknown): void {
    const wire = toWireError(error, this.#record.correlationId)
    const status = isAppError(error, 'task.cancelled') ? 'cancelled' : 'failed'
    this.#change(change.ended({ ...this.#record, error: wire }, status, this.#now()))
  }

  /** Ends it as it stands. */
  abandon(): void {
    this.#change(change.ended(this.#record, 'abandoned', this.#now()))
  }

  /** Asks it to stop: at once where its step is cancellable, else at the next such step. Throws `task.not-cancellable`. */
  cancel(): void {
    const record = this.#record
    if (!isCancellable(record)) {
      const step = record.steps.findIndex(({ phase }) => phase === 'running')
      throw new AppError('task.not-cancellable', { taskId: record.id, step: record.plan.steps[step]?.text.key ?? '' })
    }
    if (!record.cancelRequested) this.#change({ ...record, cancelRequested: true })
    const running = record.steps.findIndex(({ phase }) => phase === 'running')
    if (record.plan.steps[running]?.cancellable === true) this.#controller?.abort(this.#cancelled())
  }

  /** The step at work goes on at its host when the engine ends. */
  get goesOn(): boolean {
    const { plan, steps } = this.#record
    return plan.steps.some(({ goesOn }, index) => goesOn && steps[index]?.phase === 'running')
  }

  /** No further step begins. With `now`, the one at work is told to end too. It is not cancelled: the next engine goes on with it. */
  stop(reason: AppError, now: boolean): void {
    this.#stopping = reason
    this.#cancelSaveAgain()
    if (now) this.#controller?.abort(reason)
  }

  async #runStep(index: number): Promise<void> {
    const step = this.#record.plan.steps[index]
    if (this.#record.cancelRequested && step?.cancellable === true) {
      this.#change(change.goBack(this.#record, toWireError(this.#cancelled(), this.#record.correlationId)))
      return
    }
    this.#ran.add(index)
    this.#fraction = 0
    this.#text = step?.text ?? null
    const before = this.#record
    this.#startedMs ??= before.startedAt === null ? this.#tools.clock.monotonicMs() : null
    this.#change(change.began(before, index, this.#tools.clock.now()))
    try {
      await this.#tools.save(this.#record)
    } catch (error) {
      // What is not on record must not be done.
      this.#change(change.failed(before, index, this.#wire(error)))
      return
    }
    const outcome = await this.#attempt(index, (handler, context) => handler.run(context))
    this.#concludeRun(index, outcome)
    if (outcome.state === 'abandoned') {
      this.#tried.add(index)
      this.#late = outcome.late.then(async (late) => {
        this.#late = null
        // Until now it was in doubt; what it did in the end is as good as if it had done so in time.
        this.#concludeRun(index, late)
        await this.#save()
      })
    }
    await this.#save()
  }

  #concludeRun(index: number, outcome: BoundedOutcome | SettledOutcome): void {
    if (outcome.state === 'done') {
      this.#change(change.finished(this.#record, index, toJson(outcome.value)))
      return
    }
    // The engine's own end says nothing of the step: it stays on record as begun, and is looked at by the next engine.
    if (this.#stopping !== null && outcome.state === 'failed' && !this.#isFinal(outcome.error)) return
    const looksFirst = isAppError(outcome.error) && outcome.error.retry === 'after-refresh'
    const known = outcome.state === 'failed' && !looksFirst && !this.#isNoReturn(index)
    const wire = this.#wire(outcome.state === 'failed' || looksFirst ? outcome.error : this.#stillAtWork(outcome.error))
    this.#change(known ? change.failed(this.#record, index, wire) : change.interrupted(this.#record, index, wire))
  }

  #isNoReturn(index: number): boolean {
    const action = this.#record.plan.steps[index]?.action
    return action !== undefined && this.handler.steps[action]?.noReturn === true
  }

  /** A refusal by the host is one, whether the engine stops or not; what was given up as it stops is none. */
  #isFinal(error: unknown): boolean {
    return isAppError(error) && error.retry !== 'after-refresh' && !isCausedBy(error, this.#stopping)
  }

  async #inspectStep(index: number): Promise<void> {
    this.#tried.add(index)
    const outcome = await this.#attempt(index, (handler, context) => handler.inspect(context))
    if (outcome.state !== 'done') {
      if (outcome.state === 'failed' && !isAppError(outcome.error)) this.#logBug(outcome.error, 'inspect')
      return
    }
    const inspection = outcome.value as change.Inspection
    this.#hostIsAtIt ||= inspection === 'running'
    if (inspection === 'absent' && this.#record.direction === 'forward' && this.#isNoReturn(index)) {
      this.#change(change.toRunAgain(this.#record, index))
      // What failed just now is not run again at once: it stays tried.
      if (!this.#ran.has(index)) this.#tried.delete(index)
      await this.#save()
      return
    }
    const afterCrash = decideAfterCrash(this.handler, this.#record.plan, inspection === 'done' ? index + 1 : index)
    this.#change(change.inspected(this.#record, index, inspection, afterCrash))
    // What was looked at once may have to be undone in the same attempt.
    if (inspection !== 'unknown' && inspection !== 'running') this.#tried.delete(index)
    await this.#save()
  }

  async #undoStep(index: number): Promise<void> {
    this.#tried.add(index)
    this.#change(change.undoing(this.#record, index))
    await this.#save()
    const outcome = await this.#attempt(index, async (handler, context) => handler.undo?.(context))
    if (outcome.state === 'done') {
      this.#change(change.undone(this.#record, index))
      this.#tried.delete(index)
    } else if (this.#stopping === null) {
      if (!isAppError(outcome.error)) this.#logBug(outcome.error, 'undo')
      this.#change(change.left(this.#record, index, this.#wire(outcome.error)))
    }
    await this.#save()
  }

  async #attempt(
    index: number,
    work: (handler: StepHandler<never>, context: StepContext<never>) => Promise<unknown>,
  ): Promise<BoundedOutcome> {
    const { plan, command, ids, user, id, parentId } = this.#record
    const step = plan.steps[index]
    const handler = step === undefined ? undefined : this.handler.steps[step.action]
    if (step === undefined || handler === undefined) {
      const detail = `${command} has no step ${step?.action ?? index}`
      return { state: 'failed', error: new AppError('internal', { detail }) }
    }
    const controller = new AbortController()
    this.#controller = controller
    const timeoutMs = handler.timeoutMs ?? STEP_TIMEOUT_MS
    const context: StepContext<never> = {
      input: this.#input,
      step,
      ids,
      user,
      operationId: id,
      isRow: parentId !== null,
      model: this.#tools.model,
      results: this.results,
      memory: this.#memory,
      signal: controller.signal,
      progress: (fraction) => this.#say(Math.max(this.#fraction, fraction), this.#text),
      answered: (outcome) => this.#answer(outcome),
      say: (key, params) => this.#say(this.#fraction, { key, params: { ...params } }),
    }
    try {
      return await runBounded(() => work(handler, context), {
        clock: this.#tools.clock,
        controller,
        timeoutMs,
        timeoutError: () => new AppError('command.timed-out', { command, timeoutMs }, { retry: 'after-refresh' }),
      })
    } finally {
      this.#controller = null
    }
  }

  /** So much after its start as has passed: the clock may have been set meanwhile. */
  #now(): number {
    const { clock } = this.#tools
    const { startedAt } = this.#record
    if (startedAt === null || this.#startedMs === null) return clock.now()
    return startedAt + Math.round(clock.monotonicMs() - this.#startedMs)
  }

  #say(fraction: number, text: StepText | null): void {
    if (!Number.isFinite(fraction)) return
    this.#fraction = Math.min(1, fraction)
    this.#text = text
    this.#tools.publish(this)
  }

  #answer(outcome: GuestAnswer['outcome']): void {
    if (this.#record.answer?.outcome === outcome) return
    this.#change({ ...this.#record, answer: { outcome, at: this.#now() } })
    // What is at work is stored with its step.
    if (this.#record.finishedAt !== null) void this.#save()
  }

  #change(record: OperationRecord): void {
    this.#record = record
    this.#tools.publish(this)
  }

  async #save(): Promise<void> {
    this.#cancelSaveAgain()
    try {
      await this.#tools.save(this.#record)
    } catch (error) {
      this.#tools.log.error({ err: error, command: this.#record.command }, 'an operation could not be stored')
      // Else the next engine would take up what has long been over, and by then the object may be another one's business.
      if (this.#stopping === null)
        this.#cancelSaveAgain = this.#tools.clock.after(SAVE_AGAIN_MS, () => void this.#save())
    }
  }

  /** Whatever it was told to stop for, it may still be at work: nobody knows its outcome. */
  #stillAtWork(cause: unknown): AppError {
    const { command } = this.#record
    return new AppError('command.timed-out', { command, timeoutMs: ABANDON_MS }, { retry: 'after-refresh', cause })
  }

  #cancelled(): AppError {
    return new AppError('task.cancelled', { command: this.#record.command })
  }

  #wire(error: unknown) {
    if (!isAppError(error)) this.#logBug(error, 'a step')
    return toWireError(error, this.#record.correlationId)
  }

  #logBug(error: unknown, what: string): void {
    const { command, correlationId } = this.#record
    this.#tools.log.error({ err: error, command, correlationId }, `${what} failed by a bug`)
  }
}

/** What was returned, as it is stored. `undefined` becomes null. */
function toJson(value: unknown): change.Json {
  return (value === undefined ? null : JSON.parse(JSON.stringify(value))) as change.Json
}

/** Chains are as long as calls are deep; longer ones are no chains. */
const CAUSES_LIMIT = 16

function isCausedBy(error: Error, reason: Error | null): boolean {
  let each: unknown = error
  for (let depth = 0; depth < CAUSES_LIMIT && each instanceof Error; depth += 1) {
    if (each === reason) return true
    each = each.cause
  }
  return false
}
