import { randomUUID } from 'node:crypto'
import type { Result } from '../../shared/contract/index.ts'
import { commands } from '../../shared/contract/index.ts'
import type { Subject } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { CommandContext } from './command-handler.ts'
import type { Identity } from './handler-base.ts'
import type { LiveTopics } from './live-topics.ts'
import type { HeldLocks, LockTable } from './lock-table.ts'
import { describeAuditParams, describeSubject, type InstantCall, validate } from './parsed-call.ts'
import type { Clock, Log } from './ports.ts'
import { ABANDON_MS, runBounded } from './run-bounded.ts'

const TIMEOUT_MS = 60_000

export interface InstantRunTools {
  readonly topics: LiveTopics
  readonly audit: AuditTrail
  readonly locks: LockTable
  readonly clock: Clock
  readonly log: Log
  /** How long it waits for its locks, milliseconds. */
  readonly lockTimeoutMs: number
}

/**
 * Runs a command that answers at once: lock → validate → execute → audit. Never rejects. Its locks are held until its work
 * has really ended, also when nobody waits for that any more.
 */
export async function runInstant(
  call: InstantCall,
  identity: Identity,
  controller: AbortController,
  tools: InstantRunTools,
): Promise<Result<unknown>> {
  const correlationId = randomUUID()
  const { topics, clock, log } = tools
  const subject = describeSubject(call, topics.model())
  let held: HeldLocks | null = null
  let late: Promise<unknown> = Promise.resolve()
  try {
    held = await tools.locks.acquire({
      claims: call.handler.locks?.(topics.model(), call.input) ?? [],
      command: call.command,
      holder: `${call.command} (${identity.user}, ${subject.name})`,
      timeoutMs: tools.lockTimeoutMs,
      signal: controller.signal,
    })
    return await concludeInstant(
      call,
      identity,
      { correlationId, before: subject, error: null, value: await execute() },
      tools,
    )
  } catch (error) {
    return await concludeInstant(call, identity, { correlationId, before: subject, error }, tools)
  } finally {
    void late.then(() => held?.release())
  }

  async function execute(): Promise<unknown> {
    const { command, handler, input } = call
    const snapshot = topics.model()
    const refusal = validate(call, snapshot)
    if (refusal !== null) throw refusal
    controller.signal.throwIfAborted()
    const context: CommandContext<never> = {
      input,
      identity,
      snapshot,
      model: () => topics.model(),
      signal: controller.signal,
      correlationId,
    }
    const timeoutMs = handler.timeoutMs ?? TIMEOUT_MS
    const outcome = await runBounded(() => handler.execute(context), {
      clock,
      controller,
      timeoutMs,
      timeoutError: () => new AppError('command.timed-out', { command, timeoutMs }, { retry: 'after-refresh' }),
    })
    if (outcome.state === 'done') return commands[command].output.parse(outcome.value)
    if (outcome.state === 'failed') throw outcome.error
    log.error({ command, correlationId }, 'a command did not end when it was aborted')
    late = outcome.late
    if (isAppError(outcome.error) && outcome.error.retry === 'after-refresh') throw outcome.error
    // Whatever it was told to stop for, it may still be at work: nobody knows its outcome.
    const options = { retry: 'after-refresh', cause: outcome.error } as const
    throw new AppError('command.timed-out', { command, timeoutMs: ABANDON_MS }, options)
  }
}

export interface InstantEnd {
  readonly correlationId: string
  /** What it was about before it ran: what it removed has no name afterwards. */
  readonly before?: Subject
  /** Null: it succeeded. */
  readonly error: unknown
  readonly value?: unknown
}

/** Tells the trail how a command ended, and makes its reply. Also for an operation that was refused before it was one. */
export async function concludeInstant(
  call: Pick<InstantCall, 'command' | 'input'> & { readonly handler: InstantCall['handler'] | object },
  identity: Identity,
  { correlationId, before, error, value }: InstantEnd,
  { audit, topics, log }: InstantRunTools,
): Promise<Result<unknown>> {
  const { command } = call
  const wire = error === null ? null : toWireError(error, correlationId)
  if (error !== null && !isAppError(error))
    log.error({ err: error, command, correlationId }, 'a command failed by a bug')
  const after = describeSubject(call as InstantCall, topics.model())
  audit.record({
    ...auditOf[decideEnd(error)],
    subject: before !== undefined && after.name === after.id ? before : after,
    user: identity.user,
    command,
    params: describeAuditParams(call as InstantCall),
    error: wire,
    correlationId,
  })
  await audit.flush()
  topics.flush()
  return wire === null ? { ok: true, value, rev: topics.rev() } : { ok: false, error: wire }
}

const auditOf = {
  succeeded: { kind: 'command.succeeded', severity: 'info' },
  cancelled: { kind: 'command.cancelled', severity: 'warning' },
  failed: { kind: 'command.failed', severity: 'error' },
  unknown: { kind: 'command.left-unknown', severity: 'warning' },
} as const

/** How a command ended. An error that says "look first" leaves the outcome unknown: nobody guesses. Pure. */
function decideEnd(error: unknown): keyof typeof auditOf {
  if (error === null) return 'succeeded'
  if (isAppError(error, 'task.cancelled')) return 'cancelled'
  return isAppError(error) && error.retry === 'after-refresh' ? 'unknown' : 'failed'
}
