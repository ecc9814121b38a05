import { randomUUID } from 'node:crypto'
import type { Result } from '../../shared/contract/index.ts'
import { commands } from '../../shared/contract/index.ts'
import type { Subject } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { CommandContext, Identity, StepReporter } from './command-handler.ts'
import type { LiveTopics } from './live-topics.ts'
import type { LockTable } from './lock-table.ts'
import type { Log } from './log.ts'
import type { ParsedCall } from './parsed-call.ts'
import { authorize, describeAuditParams, describeSubject, validate } from './parsed-call.ts'
import { ABANDON_MS, runBounded } from './run-bounded.ts'
import type { RunningTask } from './running-task.ts'
import type { TaskBoard } from './task-board.ts'

const INSTANT_TIMEOUT_MS = 60_000
const TASK_TIMEOUT_MS = 24 * 60 * 60 * 1_000
const COMPENSATE_TIMEOUT_MS = 60_000

export interface RunDependencies {
  readonly topics: LiveTopics
  readonly audit: AuditTrail
  readonly tasks: TaskBoard
  readonly locks: LockTable
  readonly clock: Clock
  readonly log: Log
  /** How long a command waits for its locks, milliseconds. */
  readonly lockTimeoutMs: { readonly instant: number; readonly task: number }
}

const noSteps: StepReporter = { enter: () => undefined, progress: () => undefined }

/** One command on its way: authorize → lock → validate → execute → compensate → audit. */
export class CommandRun {
  readonly correlationId: string = randomUUID()
  readonly #call: ParsedCall
  readonly #identity: Identity
  readonly #with: RunDependencies
  readonly #controller = new AbortController()
  readonly #subject: Subject
  #task: RunningTask | null = null

  constructor(call: ParsedCall, identity: Identity, dependencies: RunDependencies) {
    this.#call = call
    this.#identity = identity
    this.#with = dependencies
    this.#subject = describeSubject(call, dependencies.topics.model())
  }

  get taskId(): string | undefined {
    return this.#task?.task.id
  }

  /** What can be refused at once is refused here, before anything is listed or stored. `null`: go on with {@link complete}. */
  async accept(): Promise<Result<unknown> | null> {
    const refusal = authorize(this.#call, this.#identity) ?? validate(this.#call, this.#with.topics.model())
    if (refusal !== null) return this.#conclude(refusal)
    if (this.#call.kind !== 'task') return null
    try {
      this.#task = await this.#with.tasks.queue({
        command: this.#call.command,
        subject: this.#subject,
        user: this.#identity.user,
        steps: this.#call.handler.steps ?? [],
        abort: (reason) => this.abort(reason),
      })
      return null
    } catch (error) {
      return this.#conclude(error)
    }
  }

  /** Runs an accepted command to its end. Never rejects. */
  async complete(): Promise<Result<unknown>> {
    let release: (() => void) | null = null
    try {
      release = await this.#with.locks.acquire({
        keys: this.#call.locks,
        command: this.#call.command,
        holder: `${this.#call.command} (${this.#identity.user}, ${this.#subject.name})`,
        timeoutMs: this.#with.lockTimeoutMs[this.#call.kind],
        signal: this.#controller.signal,
      })
      return await this.#succeed(await this.#execute())
    } catch (error) {
      return await this.#fail(error)
    } finally {
      release?.()
    }
  }

  /** The caller gave up: a task is cancelled as far as it lets itself be, an instant command is aborted. */
  cancel(): void {
    if (this.#task === null) {
      this.abort(new AppError('task.cancelled', { command: this.#call.command }))
      return
    }
    try {
      this.#task.cancel()
    } catch (error) {
      if (!isAppError(error, 'task.not-cancellable')) throw error
    }
  }

  abort(reason: AppError): void {
    this.#controller.abort(reason)
  }

  async #execute(): Promise<unknown> {
    const { topics, clock, log } = this.#with
    const { command, handler, input, kind } = this.#call
    const snapshot = topics.model()
    const refusal = validate(this.#call, snapshot)
    if (refusal !== null) throw refusal
    // Cancelled in the moment between the lock and here: then it never ran.
    this.#controller.signal.throwIfAborted()
    await this.#task?.start()
    const context: CommandContext<never> = {
      input,
      identity: this.#identity,
      snapshot,
      model: () => topics.model(),
      signal: this.#controller.signal,
      steps: this.#task ?? noSteps,
      correlationId: this.correlationId,
      taskId: this.#task?.task.id ?? null,
    }
    const timeoutMs = handler.timeoutMs ?? (kind === 'task' ? TASK_TIMEOUT_MS : INSTANT_TIMEOUT_MS)
    const outcome = await runBounded(() => handler.execute(context), {
      clock,
      controller: this.#controller,
      timeoutMs,
      timeoutError: () => new AppError('command.timed-out', { command, timeoutMs }, { retry: 'after-refresh' }),
    })
    if (outcome.state === 'done') return commands[command].output.parse(outcome.value)
    if (outcome.state === 'failed') throw await this.#compensate(context, outcome.error)
    log.error({ command, correlationId: this.correlationId }, 'a command did not end when it was aborted')
    if (isAppError(outcome.error) && outcome.error.retry === 'after-refresh') throw outcome.error
    // Whatever it was told to stop for, it may still be at work: nobody knows its outcome.
    const options = { retry: 'after-refresh', cause: outcome.error } as const
    throw new AppError('command.timed-out', { command, timeoutMs: ABANDON_MS }, options)
  }

  /** Undoes what a failed command did; returns the error to report. */
  async #compensate(context: CommandContext<never>, error: unknown): Promise<unknown> {
    const compensate = this.#call.handler.compensate
    if (compensate === undefined) return error
    const controller = new AbortController()
    const undo = await runBounded(() => compensate({ ...context, signal: controller.signal }, error), {
      clock: this.#with.clock,
      controller,
      timeoutMs: COMPENSATE_TIMEOUT_MS,
      timeoutError: () =>
        new AppError('command.timed-out', { command: this.#call.command, timeoutMs: COMPENSATE_TIMEOUT_MS }),
    })
    return undo.state === 'done' ? error : addUndoFailure(error, undo.error)
  }

  async #succeed(value: unknown): Promise<Result<unknown>> {
    await this.#endTask(null)
    return this.#conclude(null, value)
  }

  async #fail(error: unknown): Promise<Result<unknown>> {
    await this.#endTask(error)
    return this.#conclude(error)
  }

  async #endTask(error: unknown): Promise<void> {
    if (this.#task === null || !this.#with.tasks.running.has(this.#task)) return
    const wire = error === null ? null : toWireError(error, this.correlationId)
    await this.#task.finish(decideEnd(error), wire)
    this.#with.tasks.settle(this.#task)
  }

  async #conclude(error: unknown, value?: unknown): Promise<Result<unknown>> {
    const { audit, topics, log } = this.#with
    const { command } = this.#call
    const wire = error === null ? null : toWireError(error, this.correlationId)
    if (error !== null && !isAppError(error)) {
      log.error({ err: error, command, correlationId: this.correlationId }, 'a command failed by a bug')
    }
    audit.record({
      ...auditOf[decideEnd(error)],
      subject: this.#subject,
      user: this.#identity.user,
      command,
      params: describeAuditParams(this.#call),
      error: wire,
      correlationId: this.correlationId,
    })
    await audit.flush()
    topics.flush()
    const taskId = this.taskId === undefined ? {} : { taskId: this.taskId }
    return wire === null ? { ok: true, value, rev: topics.rev(), ...taskId } : { ok: false, error: wire, ...taskId }
  }
}

const auditOf = {
  succeeded: { kind: 'command.succeeded', severity: 'info' },
  cancelled: { kind: 'command.cancelled', severity: 'warning' },
  failed: { kind: 'command.failed', severity: 'error' },
  unknown: { kind: 'command.left-unknown', severity: 'warning' },
} as const

/** How a command ended. An error that says "look first" leaves the outcome unknown: nobody guesses. */
export function decideEnd(error: unknown): 'succeeded' | 'failed' | 'cancelled' | 'unknown' {
  if (error === null) return 'succeeded'
  if (isAppError(error, 'task.cancelled')) return 'cancelled'
  return isAppError(error) && error.retry === 'after-refresh' ? 'unknown' : 'failed'
}

/** The same failure, with what went wrong while undoing it in its chain of causes. */
function addUndoFailure(error: unknown, undoFailure: unknown): unknown {
  const detail = undoFailure instanceof Error ? undoFailure.message : String(undoFailure)
  const cause = new Error(`undoing it failed too: ${detail}`, { cause: error instanceof Error ? error.cause : error })
  if (!isAppError(error)) return new AppError('internal', { detail: String(error) }, { cause })
  return new AppError(error.code, error.params, {
    ...(error.subject === undefined ? {} : { subject: error.subject }),
    ...(error.hostId === undefined ? {} : { hostId: error.hostId }),
    retry: error.retry,
    cause,
  })
}
