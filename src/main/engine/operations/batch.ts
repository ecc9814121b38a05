import type { OperationRecord, RowCounts, TaskStatus } from '../../../shared/domain/index.ts'
import { isOpenStatus } from '../../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import { countRows, decideBatchStatus } from './describe-task.ts'
import type { OperationEntry } from './operation-entry.ts'
import type { AttemptEnd } from './operation-run.ts'

/** Rows at work at once: on one host, and in all. */
const ROWS_A_HOST = 4
const ROWS_IN_ALL = 32

export interface BatchTools {
  readonly now: () => number
  /** Told of every change of the batch itself. */
  readonly publish: (batch: Batch) => void
  /** All its rows have ended. */
  readonly onEnd: (batch: Batch) => void
  /** The row that has to be done before this one begins; null: none. */
  readonly leaderOf: (row: OperationEntry) => OperationEntry | null
}

/** One command over many objects: a row each, so many at once on a host, one outcome. */
export class Batch {
  /** Rows that have not ended, and those that this engine has seen end. */
  readonly rows: readonly OperationEntry[]
  readonly #tools: BatchTools
  readonly #statuses: Map<string, TaskStatus>
  #record: OperationRecord
  #stopping = false
  #ended = false

  /** `others`: rows that had ended before this engine. */
  constructor(
    record: OperationRecord,
    rows: readonly OperationEntry[],
    others: readonly OperationRecord[],
    tools: BatchTools,
  ) {
    this.#record = record
    this.rows = rows
    this.#tools = tools
    this.#statuses = new Map([...others, ...rows.map((row) => row.record)].map(({ id, status }) => [id, status]))
  }

  get record(): OperationRecord {
    return this.#record
  }

  get counts(): RowCounts {
    return countRows(this.#statuses.values())
  }

  /** Runs all rows to their first rest. Never rejects. */
  async begin(): Promise<AttemptEnd> {
    const { leaderOf } = this.#tools
    await this.#runRows(this.rows.filter((row) => leaderOf(row) === null))
    const followers = this.rows.filter((row) => leaderOf(row) !== null)
    const isLed = (row: OperationEntry) => leaderOf(row)?.record.status === 'succeeded'
    await Promise.all(followers.filter((row) => !isLed(row)).map((row) => this.#leaveOut(row)))
    await this.#runRows(followers.filter(isLed))
    if (this.#stopping) return 'stopped'
    return this.#ended ? 'settled' : 'open'
  }

  /** What it follows was not done: nor is it. */
  async #leaveOut(row: OperationEntry): Promise<void> {
    if (this.#stopping || row.record.status !== 'queued') return
    const { command = '', subject } = this.#tools.leaderOf(row)?.record ?? {}
    await row.refuse(new AppError('operation.not-led', { command, name: subject?.name ?? '' }))
  }

  async #runRows(rows: readonly OperationEntry[]): Promise<void> {
    const hosts = Map.groupBy(rows, ({ record }) => record.plan.steps[0]?.hostId ?? null)
    const lanes = [...hosts.values()].flatMap((own) => {
      const line = [...own]
      return Array.from({ length: Math.min(ROWS_A_HOST, own.length) }, () => line)
    })
    const free = createPlaces(ROWS_IN_ALL)
    await Promise.all(
      lanes.map(async (line) => {
        for (let row = line.shift(); row !== undefined && !this.#stopping; row = line.shift()) {
          if (row.record.status !== 'queued') continue
          await free.take()
          if (this.#stopping) return
          await row.begin()
          free.give()
        }
      }),
    )
  }

  /** A row changed. */
  onRow(entry: OperationEntry): void {
    const { id, status } = entry.record
    if (this.#statuses.get(id) === status) return
    this.#statuses.set(id, status)
    this.refresh()
  }

  /** Makes of the rows what the batch is. */
  refresh(): void {
    const status = decideBatchStatus(new Set(this.#statuses.values()))
    const startedAt = this.#record.startedAt ?? (status === 'queued' ? null : this.#tools.now())
    this.#record = { ...this.#record, status, startedAt }
    if (!isOpenStatus(status) && !this.#ended) {
      this.#ended = true
      this.#record = { ...this.#record, finishedAt: this.#tools.now(), error: this.#decideError(status) }
      this.#tools.publish(this)
      this.#tools.onEnd(this)
      return
    }
    this.#tools.publish(this)
  }

  /** What has not begun is undone by not beginning; what runs is asked, as far as it lets itself be. */
  async cancel(): Promise<void> {
    this.#record = { ...this.#record, cancelRequested: true }
    this.#tools.publish(this)
    const cancelled = new AppError('task.cancelled', { command: this.#record.command })
    const refusals: Promise<unknown>[] = []
    for (const row of this.rows) {
      if (!row.isOpen) continue
      try {
        if (row.record.status === 'queued' && !row.hasBegun) refusals.push(row.refuse(cancelled))
        else row.cancel()
      } catch (error) {
        if (!isAppError(error, 'task.not-cancellable')) throw error
      }
    }
    await Promise.all(refusals)
  }

  stop(reason: AppError, now: boolean): void {
    this.#stopping = true
    for (const row of this.rows) row.stop(reason, now)
  }

  #decideError(status: TaskStatus): OperationRecord['error'] {
    const { command, correlationId } = this.#record
    if (status === 'succeeded') return null
    if (status === 'cancelled') return toWireError(new AppError('task.cancelled', { command }), correlationId)
    // Where one command leads all others and was not done, that is what happened.
    const { leaderOf } = this.#tools
    const leading = this.rows.filter((row) => leaderOf(row) === null)
    const [leader] = leading
    const isLed = leading.length === 1 && this.rows.length > 1
    if (isLed && leader !== undefined && leader.record.error !== null) return leader.record.error
    const { total, succeeded } = this.counts
    return toWireError(
      new AppError('batch.partly-failed', { command, failed: total - succeeded, total }),
      correlationId,
    )
  }
}

/** So many may have a place at once; the others wait in line. */
function createPlaces(count: number) {
  let free = count
  const line: (() => void)[] = []
  return {
    take: async (): Promise<void> => {
      if (free > 0) {
        free -= 1
        return
      }
      await new Promise<void>((resolve) => line.push(resolve))
    },
    give: (): void => {
      const next = line.shift()
      if (next === undefined) free += 1
      else next()
    },
  }
}
