import { randomUUID } from 'node:crypto'
import type { CommandPlan, GroupVerdict, Result, TopicEntity, TopicName, Verdict } from '../../shared/contract/index.ts'
import { topics as topicSpecs } from '../../shared/contract/index.ts'
import type { Session, Task } from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import { decideView } from './authorization.ts'
import type { SubscribeOptions, Subscription, TopicListener } from './collection.ts'
import type { CommandHandlers, FeatureHandlers } from './command-handler.ts'
import { type FetchTopicOptions, fetchTopic, type TopicContent } from './fetch-topic.ts'
import type { Identity } from './handler-base.ts'
import { concludeInstant, runInstant } from './instant-run.ts'
import { type EachQuestion, judgeEach } from './judge-each.ts'
import type { LiveTopics } from './live-topics.ts'
import { createLockTable, type LockTable } from './lock-table.ts'
import { answerOf } from './operations/answer-of.ts'
import { createOperationHandlers } from './operations/operation-commands.ts'
import { type Launched, Operations } from './operations/operations.ts'
import { planForPerson } from './operations/plan-for-person.ts'
import { withFollowers } from './operations/with-followers.ts'
import { admit, authorize, decideStorable, type ParsedCall, parseCall, validateCall } from './parsed-call.ts'
import type { Clock, Log, OperationStore, SecretVault } from './ports.ts'
import { stopRuns } from './stop-runs.ts'

/** Commands that may be under way at once, waiting ones included; a batch counts as one. */
export const RUNNING_LIMIT = 1_000
/** Every row of a batch may wait for a lock of its own. */
const LOCK_WAITING_LIMIT = 10_000
const LOCK_TIMEOUT_MS = { instant: 30_000, task: 10 * 60_000 }

export interface DispatchOptions {
  /** Aborted when the caller gives up. */
  readonly signal?: AbortSignal
  /** False: a task's reply comes once it is queued, with its id and the value null. Default true. Instant commands always wait. */
  readonly wait?: boolean
}

export interface TopicAddressInput {
  readonly topic: string
  readonly key?: string | undefined
}

export interface Engine {
  readonly epoch: string
  readonly version: string
  /** The engine's clock, which stamps everything: milliseconds since the epoch. */
  now(): number
  /** Runs a command. Never rejects: what fails is in the result. The reply's `rev` contains the effect. */
  dispatch(identity: Identity, command: string, input: unknown, options?: DispatchOptions): Promise<Result<unknown>>
  /** May these run now? In the same order; nothing is run or recorded. */
  canRun(identity: Identity, calls: readonly { readonly command: string; readonly input: unknown }[]): Verdict[]
  /** The same for any number of things at once: one verdict for each call, with its refusals in groups. */
  canRunEach(identity: Identity, question: EachQuestion): Promise<readonly GroupVerdict[]>
  /** What a command would do now. Nothing is done or recorded. */
  plan(identity: Identity, command: string, input: unknown): Result<CommandPlan>
  /** Takes up the open operations of an engine that is gone, under the locks that they had. Once, before any command. */
  takeUp(): Promise<void>
  /** Open operations at work, and whether their hosts go on with them when the engine ends. */
  underWay(): readonly { readonly task: Task; readonly goesOn: boolean }[]
  /** A snapshot at once, then patches; `closed` when it cannot be or is over. */
  subscribe(
    identity: Identity,
    address: TopicAddressInput,
    listener: TopicListener,
    options?: SubscribeOptions,
  ): Subscription
  /** The content of a topic once. A topic that is made only while watched is waited for (`waitMs`). Rejects with an AppError. */
  fetchTopic(identity: Identity, address: TopicAddressInput, options?: FetchTopicOptions): Promise<TopicContent>
  /**
   * Takes no more commands and begins no more steps; waits up to `graceMs` for the steps at work, then tells them to end. An
   * operation is not cancelled by this: the next engine takes it up. Then the topics end. Can be called again.
   */
  stop(options: { readonly graceMs: number }): Promise<void>
}

export interface EngineOptions {
  readonly topics: LiveTopics
  readonly audit: AuditTrail
  readonly store: OperationStore
  readonly vault: SecretVault
  readonly handlers: FeatureHandlers
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  /** Why nothing can be stored now; null while it can. Commands that store something are refused with it. */
  readonly decideWriteRefusal?: () => AppError | null
  /** What the topic `session` shows to a person; without it the topic is whatever its collection holds. */
  readonly describeSession?: (identity: Identity) => Session
  readonly lockTimeoutMs?: { readonly instant: number; readonly task: number }
  /** What locks are held in; a table of its own without it. */
  readonly locks?: LockTable
}

/**
 * Builds the engine over its parts. Every change goes through its one
 * pipeline: parse → authorize → validate, then at once, or planned, stored and run step by step. Errors: those of the store.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { topics, audit, clock, log, version, describeSession } = options
  const lockTimeoutMs = options.lockTimeoutMs ?? LOCK_TIMEOUT_MS
  const locks = options.locks ?? createLockTable({ clock, maxWaiting: LOCK_WAITING_LIMIT })
  const operations = new Operations({ ...options, locks, lockTimeoutMs: lockTimeoutMs.task })
  const handlers: CommandHandlers = { ...options.handlers, ...createOperationHandlers(operations) }
  const instant = { topics, audit, locks, clock, log, lockTimeoutMs: lockTimeoutMs.instant }
  const running = new Map<AbortController, Promise<unknown>>()
  let stopping: Promise<void> | null = null
  await operations.open()

  const writeRefusal = options.decideWriteRefusal ?? (() => null)

  function refuse(error: AppError): Result<never> {
    return { ok: false, error: toWireError(error) }
  }

  /** Counts as under way until `work` has ended. */
  function track<T>(controller: AbortController, work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => running.delete(controller))
    running.set(controller, tracked)
    return tracked
  }

  async function run(
    call: ParsedCall,
    identity: Identity,
    controller: AbortController,
    accepted: (launched: Launched) => void,
  ): Promise<Result<unknown>> {
    const refusal =
      authorize(call, identity, topics.model()) ??
      decideStorable(call, writeRefusal()) ??
      validateCall(call, topics.model()) ??
      (await admit(call, identity, topics.model()))
    if (refusal !== null) return concludeRefused(call, identity, refusal)
    if (call.kind === 'instant') return runInstant(call, identity, controller, instant)
    let launched: Launched
    try {
      const whole = withFollowers(call, handlers, topics.model())
      if (whole.kind === 'instant') throw new Error(`${call.command} is an operation`)
      launched = await (whole.kind === 'batch'
        ? operations.launchBatch(whole, identity)
        : operations.launch(whole, identity))
    } catch (error) {
      return concludeRefused(call, identity, error)
    }
    const onAbort = () => launched.cancel()
    controller.signal.addEventListener('abort', onAbort, { once: true })
    if (controller.signal.aborted) onAbort()
    accepted(launched)
    const end = await launched.begin()
    controller.signal.removeEventListener('abort', onAbort)
    await audit.flush()
    topics.flush()
    return answerOf(launched, end, topics.rev())
  }

  function concludeRefused(call: ParsedCall, identity: Identity, error: unknown): Promise<Result<unknown>> {
    const single = call.kind === 'batch' ? call.rows[0] : call
    if (single === undefined) return Promise.resolve(refuse(new AppError('internal', { detail: 'a batch of nothing' })))
    return concludeInstant(single, identity, { correlationId: randomUUID(), error }, instant)
  }

  function subscribe(
    identity: Identity,
    address: TopicAddressInput,
    listener: TopicListener,
    subscribeOptions?: SubscribeOptions,
  ): Subscription {
    if (address.topic === 'session' && describeSession !== undefined && stopping === null) {
      const session: TopicEntity<'session'> = describeSession(identity)
      listener({ t: 'snapshot', epoch: topics.epoch, rev: topics.rev(), entities: [session] })
      return { unsubscribe: () => undefined }
    }
    const refusal = decideView(identity, address, topics.model())
    if (refusal !== null) {
      listener({ t: 'closed', error: refusal })
      return { unsubscribe: () => undefined }
    }
    return topics.subscribe(address, listener, subscribeOptions)
  }

  return {
    epoch: topics.epoch,
    version,
    now: () => clock.now(),
    dispatch: async (identity, command, input, { signal, wait = true } = {}) => {
      const call = parseCall(handlers, command, input)
      if (call instanceof AppError) return refuse(call)
      if (stopping !== null) return refuse(new AppError('engine.stopping', {}, { retry: 'safe' }))
      if (running.size >= RUNNING_LIMIT) {
        return refuse(new AppError('command.queue-full', { command, limit: RUNNING_LIMIT }, { retry: 'safe' }))
      }
      const controller = new AbortController()
      const onAbort = () => controller.abort(new AppError('task.cancelled', { command }))
      if (signal?.aborted === true) onAbort()
      signal?.addEventListener('abort', onAbort, { once: true })
      const { promise: launchedFirst, resolve: accepted } = Promise.withResolvers<Launched>()
      const completion = track(controller, run(call, identity, controller, accepted)).finally(() =>
        signal?.removeEventListener('abort', onAbort),
      )
      if (wait) return completion
      const first = await Promise.race([launchedFirst, completion])
      if ('ok' in first) return first
      topics.flush()
      return { ok: true, value: null, rev: topics.rev(), taskId: first.taskId }
    },
    canRun: (identity, calls) => {
      const model = topics.model()
      const storable = writeRefusal()
      return calls.map(({ command, input }) => {
        const call = parseCall(handlers, command, input)
        const refusal =
          call instanceof AppError
            ? call
            : (authorize(call, identity, model) ?? decideStorable(call, storable) ?? validateCall(call, model))
        return refusal === null ? null : toWireError(refusal)
      })
    },
    canRunEach: (identity, question) => judgeEach(question, handlers, identity, () => topics.model(), writeRefusal()),
    plan: (identity, command, input) => {
      const call = parseCall(handlers, command, input)
      if (call instanceof AppError) return refuse(call)
      const refusal = authorize(call, identity, topics.model())
      if (refusal !== null) return refuse(refusal)
      return planForPerson(call, { handlers, model: topics.model(), rev: topics.rev() })
    },
    takeUp: () => operations.takeUp(handlers),
    underWay: () => operations.underWay,
    subscribe,
    fetchTopic: (identity, address, fetchOptions) => {
      const isProduced = Object.hasOwn(topicSpecs, address.topic) && topics.isProduced(address.topic as TopicName)
      return fetchTopic(
        (listener) => subscribe(identity, address, listener),
        { clock, awaitContent: isProduced },
        fetchOptions,
      )
    },
    stop: ({ graceMs }) => {
      stopping ??= (async () => {
        await stopRuns(running, { operations, clock, log, graceMs })
        await audit.stop()
        topics.stop()
      })()
      return stopping
    },
  }
}
