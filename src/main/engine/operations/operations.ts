import { isCommandName, type TopicEntity } from '../../../shared/contract/index.ts'
import type { OperationRecord, Task, TaskId } from '../../../shared/domain/index.ts'
import { GUEST_COMMANDS, isOpenStatus } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { AuditTrail } from '../audit-trail.ts'
import type { ProducedCollection } from '../collection.ts'
import type { CommandHandlers } from '../command-handler.ts'
import type { Identity } from '../handler-base.ts'
import type { LiveTopics } from '../live-topics.ts'
import type { LockTable } from '../lock-table.ts'
import {
  type BatchCall,
  describeAuditParams,
  describeSubject,
  type OperationCall,
  parseSingle,
  validate,
} from '../parsed-call.ts'
import type { Clock, Log, OperationStore, SecretVault } from '../ports.ts'
import { Batch } from './batch.ts'
import { describeRow, describeTask, describeUnreadable, type UnlistedTask } from './describe-task.ts'
import { createBatchRecord, createIds, createRecord, planCall } from './make-record.ts'
import { OperationEntry } from './operation-entry.ts'
import { type AttemptEnd, OperationRun } from './operation-run.ts'
import { recordOperationEvent } from './operation-trail.ts'
import { recoverOperation, secretKey, writeSecret } from './recover-operation.ts'

/** How many ended tasks the topic and the table keep. */
export const ENDED_TASKS_KEPT = 200

export interface OperationsOptions {
  readonly topics: LiveTopics
  readonly store: OperationStore
  readonly vault: SecretVault
  readonly audit: Pick<AuditTrail, 'record'>
  readonly locks: LockTable
  readonly clock: Clock
  readonly log: Log
  readonly lockTimeoutMs: number
}

/** An operation, or a batch of them, that was accepted and stored. */
export interface Launched {
  readonly taskId: TaskId
  /** From its queueing to its first rest. */
  begin(): Promise<AttemptEnd>
  /** Asks it to stop, as far as it lets itself be. */
  cancel(): void
  readonly record: () => OperationRecord
  readonly entries: readonly OperationEntry[]
}

type Job = { readonly entry: OperationEntry; readonly batch: null } | { readonly entry: null; readonly batch: Batch }

/** Every operation of the engine: those that run, those that are open, and the latest that have ended. */
export class Operations {
  readonly #with: OperationsOptions
  readonly #jobs = new Map<TaskId, Job>()
  readonly #ended: TaskId[] = []
  readonly #rowWatchers = new Map<string, ProducedCollection<'task.rows'>>()
  readonly #announced = new Set<TaskId>()
  #handlers: CommandHandlers | null = null
  #stopWatching: () => void = () => undefined
  #nextOrder = 1

  constructor(options: OperationsOptions) {
    this.#with = options
  }

  /** Reads what is stored into the topics. Errors: those of the store. Open ones are taken up by {@link takeUp}. */
  async open(): Promise<void> {
    const { store, topics, log } = this.#with
    for (const record of [...(await store.fetchEnded(ENDED_TASKS_KEPT))].reverse())
      this.#keepEnded(describeTask(record))
    // On a full disk they stay; that must not keep anybody from seeing what is there.
    await store.prune(ENDED_TASKS_KEPT).catch((error: unknown) => log.warn({ err: error }, 'old tasks were not pruned'))
    topics.produce('task.rows', (collection, key = '') => this.#produceRows(collection, key))
  }

  /** Takes up the open operations of an engine that is gone, under the locks that they had. */
  async takeUp(handlers: CommandHandlers): Promise<void> {
    this.#handlers = handlers
    const { records, unreadable } = await this.#with.store.fetchOpen()
    for (const row of unreadable) this.#publishTask(describeUnreadable(row))
    const rows = Map.groupBy(
      records.filter(({ parentId }) => parentId !== null),
      ({ parentId }) => parentId,
    )
    for (const record of records) {
      if (record.parentId !== null) continue
      if (record.rowCount > 0) await this.#resumeBatch(record, rows.get(record.id) ?? [])
      else await this.#resumeOne(record)
    }
    this.#watchHosts()
    await this.#awaitAnswers(handlers)
  }

  /** Plans, stores and lists one. Rejects with an AppError when it cannot be planned or stored: then it must not run. */
  async launch(call: OperationCall, identity: Identity): Promise<Launched> {
    const { topics, store, clock } = this.#with
    const model = topics.model()
    const ids = createIds(call)
    const subject = describeSubject(call, model, ids)
    const record = createRecord(call, { identity, subject, plan: planCall(call, model, ids), ids, now: clock.now() })
    await this.#storeSecrets(record, call)
    await store.save([record])
    const entry = this.#createEntry(record, call, null)
    this.#jobs.set(record.id, { entry, batch: null })
    this.#publish(entry)
    return {
      taskId: record.id,
      begin: () => entry.begin(),
      cancel: () => this.#cancelQuietly(() => entry.cancel()),
      record: () => entry.record,
      entries: [entry],
    }
  }

  /** The same for a batch. A row that cannot be done is listed as failed, and does not keep the others from it. */
  async launchBatch(call: BatchCall, identity: Identity): Promise<Launched> {
    const { topics, store, clock } = this.#with
    const model = topics.model()
    const now = clock.now()
    const subjects = call.rows.map((row) => {
      const ids = createIds(row)
      return { ids, subject: describeSubject(row, model, ids) }
    })
    const { follows = new Map<OperationCall, OperationCall>() } = call
    const leading = call.rows.flatMap((row, position) => (follows.has(row) ? [] : [subjects[position]?.subject]))
    const about = follows.size > 0 && leading.length === 1 ? leading[0] : undefined
    const parent = createBatchRecord(call.command, identity, subjects, { now, about })
    const holder: { batch: Batch | null } = { batch: null }
    const rows = call.rows.map((row, position) => {
      const { ids, subject } = subjects[position] ?? { ids: createIds(row), subject: parent.subject }
      // What follows another one is judged once that is done.
      const refusal = follows.has(row) ? null : validate(row, model)
      const plan = refusal === null ? planCall(row, model, ids) : { steps: [], locks: [], touches: [] }
      const record = createRecord(row, { identity, subject, plan, ids, now, parent: { id: parent.id, position } })
      const refused = refusal === null ? record : ({ ...record, status: 'failed', finishedAt: now } as const)
      const error = refusal === null ? null : toWireError(refusal, record.correlationId)
      return this.#createEntry({ ...refused, error }, row, holder)
    })
    await store.save([parent, ...rows.map((row) => row.record)])
    const leaders = new Map(
      rows.flatMap((entry) => {
        const leader = rows.find(({ call: other }) => other === follows.get(entry.call))
        return leader === undefined ? [] : [[entry, leader] as const]
      }),
    )
    const batch = this.#createBatch(parent, rows, [], leaders)
    holder.batch = batch
    this.#jobs.set(parent.id, { entry: null, batch })
    batch.refresh()
    return {
      taskId: parent.id,
      begin: () => batch.begin(),
      cancel: () => void batch.cancel(),
      record: () => batch.record,
      entries: rows,
    }
  }

  /** Throws `task.not-found`, `task.finished`, `task.not-cancellable`. */
  async cancel(taskId: TaskId): Promise<void> {
    const job = this.#jobs.get(taskId)
    if (job?.entry) job.entry.cancel()
    else if (job?.batch) await job.batch.cancel()
    else throw this.#notThere(taskId)
  }

  /** Tries an open one again, now. Resolves with its status afterwards. Throws `operation.not-found`, `operation.not-open`. */
  async retry(id: TaskId): Promise<Task['status']> {
    const entries = this.#openEntries(id)
    await Promise.all(entries.map((entry) => entry.attempt()))
    return this.#with.topics.model().tasks.get(id)?.status ?? 'succeeded'
  }

  /** Ends an open one as it stands. Throws `operation.not-found`, `operation.not-open`. */
  async abandon(id: TaskId): Promise<void> {
    const task = this.#with.topics.model().tasks.get(id)
    if (task?.status === 'unreadable') {
      await this.#with.store.giveUp(id)
      this.#unlist(id)
      this.#with.topics.collection('tasks').remove(id)
      return
    }
    await Promise.all(this.#openEntries(id).map((entry) => entry.abandon()))
  }

  /** What is under way, and whether its host goes on with it when the engine ends. */
  get underWay(): readonly { readonly task: Task; readonly goesOn: boolean }[] {
    return [...this.#jobs.values()].flatMap((job) => {
      const entries = job.entry ? [job.entry] : job.batch.rows.filter((row) => row.isOpen)
      const task = this.#with.topics.model().tasks.get((job.entry ?? job.batch).record.id)
      if (task === undefined || !entries.some((entry) => entry.isAtWork)) return []
      return [{ task, goesOn: entries.every((entry) => !entry.isAtWork || entry.run.goesOn) }]
    })
  }

  /** Resolves when no attempt is under way; also those that nobody called for count. */
  async whenIdle(): Promise<void> {
    const entries = [...this.#jobs.values()].flatMap((job) => (job.entry ? [job.entry] : job.batch.rows))
    await Promise.all(entries.map((entry) => entry.whenIdle()))
  }

  /** No step begins any more. With `now`, those at work are told to end. What they are is on record. */
  stop(reason: AppError, now: boolean): void {
    this.#stopWatching()
    for (const job of this.#jobs.values()) (job.entry ?? job.batch).stop(reason, now)
  }

  #createEntry(record: OperationRecord, call: OperationCall, parent: { batch: Batch | null } | null): OperationEntry {
    const { topics, store, clock, log, locks, lockTimeoutMs } = this.#with
    const model = () => topics.model()
    const onChange = () => {
      if (this.#isForgotten(entry.record)) return
      if (parent === null) this.#publish(entry)
      else this.#publishRow(entry, parent.batch)
    }
    const run = new OperationRun({
      record,
      handler: call.handler,
      input: call.input,
      tools: {
        clock,
        log,
        model,
        save: async (changed) => {
          if (!this.#isForgotten(changed)) await store.save([changed])
        },
        publish: onChange,
      },
    })
    const entry: OperationEntry = new OperationEntry(run, call, {
      clock,
      log,
      locks,
      model,
      lockTimeoutMs,
      onOpen: () => {
        if (parent === null) this.#announceOpen(entry.record)
      },
      onEnd: () => {
        if (parent === null) this.#conclude(entry.record, describeAuditParams(call))
      },
      forgetSecrets: (ended) => this.#forgetSecrets(ended),
    })
    return entry
  }

  #createBatch(
    record: OperationRecord,
    rows: readonly OperationEntry[],
    others: readonly OperationRecord[],
    leaders: ReadonlyMap<OperationEntry, OperationEntry>,
  ): Batch {
    return new Batch(record, rows, others, {
      leaderOf: (row) => leaders.get(row) ?? null,
      now: () => this.#with.clock.now(),
      publish: (batch) => {
        this.#publishTask(describeTask(batch.record, undefined, batch.counts))
        if (batch.record.status === 'unknown' || batch.record.status === 'left-behind') this.#announceOpen(batch.record)
      },
      onEnd: (batch) => {
        this.#with.store.save([batch.record]).catch((error: unknown) => {
          this.#with.log.error({ err: error }, 'the end of a batch could not be stored')
        })
        const { total, succeeded, failed, cancelled } = batch.counts
        const [leader, ...more] = new Set(leaders.values())
        const params = leader === undefined || more.length > 0 ? {} : describeAuditParams(leader.call)
        this.#conclude(batch.record, { ...params, total, succeeded, failed, cancelled })
      },
    })
  }

  async #resumeOne(record: OperationRecord): Promise<void> {
    const entry = await this.#recover(record, null)
    if (entry === null) return
    this.#jobs.set(record.id, { entry, batch: null })
    this.#publish(entry)
    if (entry.isOpen) this.#resumeEntry(entry)
    else await entry.run.saveEnd().then(() => this.#conclude(entry.record, {}))
  }

  async #resumeBatch(parent: OperationRecord, records: readonly OperationRecord[]): Promise<void> {
    const holder: { batch: Batch | null } = { batch: null }
    const entries: OperationEntry[] = []
    const others: OperationRecord[] = records.filter(({ status }) => !isOpenStatus(status))
    for (const record of records.filter(({ status }) => isOpenStatus(status))) {
      const entry = await this.#recover(record, holder)
      if (entry === null) others.push({ ...record, status: 'unreadable' })
      else entries.push(entry)
    }
    for (const entry of entries) if (!entry.isOpen) await entry.run.saveEnd()
    const batch = this.#createBatch(parent, entries, others, new Map())
    holder.batch = batch
    this.#jobs.set(parent.id, { entry: null, batch })
    batch.refresh()
    for (const entry of entries) if (entry.isOpen) this.#resumeEntry(entry)
  }

  /** Null: this program cannot go on with it. Then it is listed as such until a person gives it up. */
  async #recover(record: OperationRecord, parent: { batch: Batch | null } | null): Promise<OperationEntry | null> {
    const { vault, clock } = this.#with
    const handlers = this.#handlers
    if (handlers === null) throw new Error('operations are taken up once there are handlers')
    const recovered = await recoverOperation(record, { handlers, vault, now: clock.now() })
    if (!(recovered instanceof AppError)) return this.#createEntry(recovered.record, recovered.call, parent)
    this.#publishTask({ ...describeTask(record), status: 'unreadable', error: toWireError(recovered) })
    return null
  }

  #resumeEntry(entry: OperationEntry): void {
    if (entry.record.parentId === null && entry.record.status !== 'running') this.#announceOpen(entry.record)
    entry.resume()
  }

  /** Guests that an engine before this one asked: what they make of it shows by itself. */
  async #awaitAnswers(handlers: CommandHandlers): Promise<void> {
    for (const record of await this.#with.store.fetchUnanswered(GUEST_COMMANDS)) {
      if (!isCommandName(record.command)) continue
      const call = parseSingle(handlers, record.command, record.input)
      if (call instanceof AppError || call.kind !== 'task') continue
      const parent = record.parentId === null ? null : { batch: null }
      this.#createEntry(record, call, parent).run.awaitAnswer()
    }
  }

  /** An open operation is tried again when a host that it waits for is up. */
  #watchHosts(): void {
    const up = new Set<string>()
    const { unsubscribe } = this.#with.topics.subscribe({ topic: 'hosts' }, (frame) => {
      if (frame.t === 'closed') return
      const changed = (frame.t === 'snapshot' ? frame.entities : frame.upsert) as readonly TopicEntity<'hosts'>[]
      for (const { id, status } of changed) {
        if (status !== 'up') up.delete(id)
        else if (!up.has(id)) {
          up.add(id)
          this.#retryAt(id)
        }
      }
    })
    this.#stopWatching = unsubscribe
  }

  #retryAt(hostId: string): void {
    for (const job of this.#jobs.values()) {
      for (const entry of job.entry ? [job.entry] : job.batch.rows) {
        const { status, plan, steps } = entry.record
        const waits = status === 'unknown' || status === 'left-behind'
        if (waits && plan.steps.some((step, at) => step.hostId === hostId && steps[at]?.phase !== 'pending')) {
          void entry.attempt()
        }
      }
    }
  }

  #openEntries(id: TaskId): readonly OperationEntry[] {
    const job = this.#jobs.get(id)
    const entries = job === undefined ? [] : job.entry ? [job.entry] : job.batch.rows.filter((row) => row.isOpen)
    const task = this.#with.topics.model().tasks.get(id)
    if (task === undefined) throw new AppError('operation.not-found', { operationId: id })
    const open = task.status === 'unknown' || task.status === 'left-behind'
    if (!open) throw new AppError('operation.not-open', { operationId: id, status: task.status })
    return entries
  }

  #publish(entry: OperationEntry): void {
    this.#publishTask(describeTask(entry.record, entry.run.live))
  }

  #publishRow(entry: OperationEntry, batch: Batch | null): void {
    this.#rowWatchers.get(entry.record.parentId ?? '')?.upsert(describeRow(entry.record, entry.run.live))
    batch?.onRow(entry)
  }

  #publishTask(unlisted: UnlistedTask): void {
    const { topics } = this.#with
    const task = this.#inOrder(unlisted)
    topics.collection('tasks').upsert(task)
    if (isOpenStatus(task.status) || task.status === 'unreadable') topics.collection('operations').upsert(task)
    else topics.collection('operations').remove(task.id)
  }

  #announceOpen(record: OperationRecord): void {
    if (record.status === 'running' || this.#announced.has(record.id)) return
    this.#announced.add(record.id)
    recordOperationEvent(this.#with.audit, record, {})
  }

  #conclude(record: OperationRecord, params: Readonly<Record<string, string | number | boolean>>): void {
    recordOperationEvent(this.#with.audit, record, params)
    this.#jobs.delete(record.id)
    this.#announced.delete(record.id)
    this.#unlist(record.id)
    this.#ended.push(record.id)
    this.#forgetOldest()
  }

  /** What a guest answers late must not bring back what is listed no more. */
  #isForgotten({ id, parentId, finishedAt }: OperationRecord): boolean {
    return finishedAt !== null && !this.#with.topics.model().tasks.has(parentId ?? id)
  }

  #unlist(id: TaskId): void {
    this.#with.topics.collection('operations').remove(id)
  }

  #inOrder(task: UnlistedTask): Task {
    const listed = this.#with.topics.model().tasks.get(task.id)
    return { ...task, order: listed?.order ?? this.#nextOrder++ }
  }

  #keepEnded(task: UnlistedTask): void {
    this.#with.topics.collection('tasks').upsert(this.#inOrder(task))
    this.#ended.push(task.id)
  }

  #forgetOldest(): void {
    const { topics, store, log } = this.#with
    if (this.#ended.length <= ENDED_TASKS_KEPT) return
    for (const id of this.#ended.splice(0, this.#ended.length - ENDED_TASKS_KEPT)) topics.collection('tasks').remove(id)
    store.prune(ENDED_TASKS_KEPT).catch((error: unknown) => log.error({ err: error }, 'old tasks could not be removed'))
  }

  #produceRows(collection: ProducedCollection<'task.rows'>, id: string): () => void {
    const job = this.#jobs.get(id as TaskId)
    const isCurrent = () => this.#rowWatchers.get(id) === collection
    this.#rowWatchers.set(id, collection)
    for (const row of job?.batch?.rows ?? []) collection.upsert(describeRow(row.record, row.run.live))
    // Those that ended before this engine are only stored; what is live counts more than what was read.
    this.#with.store.fetchRows(id).then(
      (records) => {
        if (!isCurrent()) return
        for (const record of records) if (!collection.entities.has(record.id)) collection.upsert(describeRow(record))
      },
      (error: unknown) => {
        if (isCurrent()) collection.close(isAppError(error) ? error : new AppError('task.not-found', { taskId: id }))
      },
    )
    return () => {
      if (isCurrent()) this.#rowWatchers.delete(id)
    }
  }

  #cancelQuietly(cancel: () => void): void {
    try {
      cancel()
    } catch (error) {
      if (!isAppError(error, 'task.not-cancellable')) throw error
    }
  }

  #notThere(taskId: TaskId): AppError {
    const task = this.#with.topics.model().tasks.get(taskId)
    if (task === undefined) return new AppError('task.not-found', { taskId })
    return new AppError('task.finished', { taskId, status: task.status })
  }

  async #storeSecrets({ id, secrets }: OperationRecord, { input }: OperationCall): Promise<void> {
    const given = input as Readonly<Record<string, unknown>>
    for (const name of secrets) await this.#with.vault.set(secretKey(id, name), writeSecret(given[name]))
  }

  async #forgetSecrets({ id, secrets }: OperationRecord): Promise<void> {
    if (secrets.length === 0) return
    try {
      await this.#with.vault.deleteAll(secretKey(id, ''))
    } catch (error) {
      this.#with.log.error({ err: error }, 'the secrets of an ended operation could not be removed')
    }
  }
}
