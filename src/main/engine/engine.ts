import type { GroupVerdict, Result, TopicEntity, TopicName, Verdict } from '../../shared/contract/index.ts'
import { topics as topicSpecs } from '../../shared/contract/index.ts'
import type { Session } from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { CommandHandlers, Identity } from './command-handler.ts'
import { CommandRun } from './command-run.ts'
import { type FetchTopicOptions, fetchTopic, type TopicContent } from './fetch-topic.ts'
import { type EachQuestion, judgeEach } from './judge-each.ts'
import type { LiveTopics } from './live-topics.ts'
import { createLockTable } from './lock-table.ts'
import type { Log } from './log.ts'
import { authorize, parseCall, validate } from './parsed-call.ts'
import { startReconciling } from './reconciling.ts'
import { stopRuns } from './stop-runs.ts'
import type { TaskBoard } from './task-board.ts'
import type { SubscribeOptions, Subscription, TopicListener } from './topic-frames.ts'

/** Commands that may be under way at once, waiting ones included. */
export const RUNNING_LIMIT = 1_000
const LOCK_WAITING_LIMIT = 500
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
  /** Runs a command. Never rejects: what fails is in the result. The reply's `rev` contains the effect. */
  dispatch(identity: Identity, command: string, input: unknown, options?: DispatchOptions): Promise<Result<unknown>>
  /** May these run now? In the same order; nothing is run or recorded. */
  canRun(identity: Identity, calls: readonly { readonly command: string; readonly input: unknown }[]): Verdict[]
  /** The same for any number of things at once: one verdict for each call, with its refusals in groups. */
  canRunEach(identity: Identity, question: EachQuestion): Promise<readonly GroupVerdict[]>
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
   * Takes no more commands, asks tasks to stop, waits up to `graceMs`, aborts the rest and marks what still does not end as
   * unknown. Then the topics end. Can be called again.
   */
  stop(options: { readonly graceMs: number }): Promise<void>
}

export interface EngineOptions {
  readonly topics: LiveTopics
  readonly audit: AuditTrail
  readonly tasks: TaskBoard
  readonly handlers: CommandHandlers
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  /** What the topic `session` shows to a person; without it the topic is whatever its collection holds. */
  readonly describeSession?: (identity: Identity) => Session
  readonly lockTimeoutMs?: { readonly instant: number; readonly task: number }
}

/** Builds the engine over its parts. Every change goes through its one pipeline. */
export function createEngine(options: EngineOptions): Engine {
  const { topics, audit, tasks, handlers, clock, log, version, describeSession } = options
  const locks = createLockTable({ clock, maxWaiting: LOCK_WAITING_LIMIT })
  const dependencies = {
    topics,
    audit,
    tasks,
    locks,
    clock,
    log,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
  }
  const runs = new Map<CommandRun, Promise<unknown>>()
  const stopReconciling = startReconciling({ topics, tasks, handlers, log })
  let stopping: Promise<void> | null = null

  function track(run: CommandRun): Promise<Result<unknown>> {
    const completion = run.complete().finally(() => runs.delete(run))
    runs.set(run, completion)
    return completion
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
    return topics.subscribe(address, listener, subscribeOptions)
  }

  return {
    epoch: topics.epoch,
    version,
    dispatch: async (identity, command, input, { signal, wait = true } = {}) => {
      const call = parseCall(handlers, command, input)
      if (call instanceof AppError) return { ok: false, error: toWireError(call) }
      if (stopping !== null)
        return { ok: false, error: toWireError(new AppError('engine.stopping', {}, { retry: 'safe' })) }
      if (runs.size >= RUNNING_LIMIT) {
        const full = new AppError('command.queue-full', { command, limit: RUNNING_LIMIT }, { retry: 'safe' })
        return { ok: false, error: toWireError(full) }
      }
      const run = new CommandRun(call, identity, dependencies)
      const accepting = run.accept()
      runs.set(run, accepting)
      const refused = await accepting
      if (refused !== null) {
        runs.delete(run)
        return refused
      }
      const onAbort = () => run.cancel()
      // Whoever stops the engine has asked the running ones already; this one was being stored then.
      if (signal?.aborted === true || stopping !== null) onAbort()
      signal?.addEventListener('abort', onAbort, { once: true })
      const completion = track(run).finally(() => signal?.removeEventListener('abort', onAbort))
      if (wait || run.taskId === undefined) return completion
      topics.flush()
      return { ok: true, value: null, rev: topics.rev(), taskId: run.taskId }
    },
    canRun: (identity, calls) => {
      const model = topics.model()
      return calls.map(({ command, input }) => {
        const call = parseCall(handlers, command, input)
        const refusal = call instanceof AppError ? call : (authorize(call, identity) ?? validate(call, model))
        return refusal === null ? null : toWireError(refusal)
      })
    },
    canRunEach: (identity, question) => judgeEach(question, handlers, identity, () => topics.model()),
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
        stopReconciling()
        await stopRuns(runs, { tasks, audit, clock, log, graceMs })
        await audit.stop()
        topics.stop()
      })()
      return stopping
    },
  }
}
