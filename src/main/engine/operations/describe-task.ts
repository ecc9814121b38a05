import type {
  OperationRecord,
  RowCounts,
  StepText,
  Subject,
  Task,
  TaskRow,
  TaskStatus,
} from '../../../shared/domain/index.ts'
import { isOpenStatus } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { decideProgress, isCancellable } from './decide-move.ts'

/** What only the engine that runs it knows of an operation. */
export interface LiveState {
  readonly fraction: number
  readonly text: StepText | null
}

const still: LiveState = { fraction: 0, text: null }

/** A task before it is listed. */
export type UnlistedTask = Omit<Task, 'order'>

/** An operation as a person sees it. Pure. */
export function describeTask(
  record: OperationRecord,
  live: LiveState = still,
  rows: RowCounts | null = null,
): UnlistedTask {
  const { plan, steps, status } = record
  return {
    id: record.id,
    command: record.command,
    subject: record.subject,
    touches: plan.touches,
    status,
    progress: rows === null ? progressOf(record, live) : progressOfRows(rows),
    step: isOpenStatus(status) ? live.text : null,
    steps: plan.steps.map(({ id, text, hostId, cancellable, goesOn }, index) => {
      const { phase = 'pending', error = null } = steps[index] ?? {}
      return { id, text, hostId, cancellable, goesOn, phase, error }
    }),
    rows,
    cancellable: rows === null ? isCancellable(record) : isOpenStatus(status) && rows.running + waiting(rows) > 0,
    cancelRequested: record.cancelRequested,
    user: record.user,
    queuedAt: record.queuedAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    error: record.error,
    answer: record.answer,
  }
}

/** One row of a batch. Pure. */
export function describeRow(record: OperationRecord, live: LiveState = still): TaskRow {
  return {
    id: record.id,
    position: record.position,
    subject: record.subject,
    status: record.status,
    progress: progressOf(record, live),
    step: isOpenStatus(record.status) ? live.text : null,
    error: record.error,
    answer: record.answer,
  }
}

/** A stored operation that cannot be read any more: it is shown as such, not left out. Pure. */
export function describeUnreadable(row: {
  readonly id: Task['id']
  readonly command: string
  readonly queuedAt: number
}): UnlistedTask {
  const subject: Subject = { kind: 'system', id: row.id, name: row.command }
  return {
    id: row.id,
    command: row.command,
    subject,
    touches: [],
    status: 'unreadable',
    progress: null,
    step: null,
    steps: [],
    rows: null,
    cancellable: false,
    cancelRequested: false,
    user: '',
    queuedAt: row.queuedAt,
    startedAt: null,
    finishedAt: null,
    error: toWireError(new AppError('operation.unreadable', { operationId: row.id })),
    answer: null,
  }
}

function progressOf(record: OperationRecord, { fraction }: LiveState): number | null {
  return record.status === 'succeeded' ? 1 : decideProgress(record, fraction)
}

function progressOfRows(rows: RowCounts): number | null {
  return rows.total === 0 ? null : (rows.total - rows.running - waiting(rows)) / rows.total
}

function waiting({ total, running, succeeded, failed, cancelled, open }: RowCounts): number {
  return total - running - succeeded - failed - cancelled - open
}

/** How many rows are how. Pure. */
export function countRows(statuses: Iterable<TaskStatus>): RowCounts {
  const counts = { total: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, open: 0 }
  for (const status of statuses) {
    counts.total += 1
    if (status === 'running' || status === 'undoing') counts.running += 1
    else if (status === 'succeeded' || status === 'cancelled') counts[status] += 1
    else if (status === 'unknown' || status === 'left-behind') counts.open += 1
    else if (status !== 'queued') counts.failed += 1
  }
  return counts
}

/** What a batch is, by the statuses that its rows have. Pure. */
export function decideBatchStatus(statuses: ReadonlySet<TaskStatus>): TaskStatus {
  if (statuses.has('running') || statuses.has('undoing')) return 'running'
  if (statuses.has('queued')) return statuses.size === 1 ? 'queued' : 'running'
  const worst = (['unknown', 'left-behind', 'failed', 'unreadable', 'abandoned', 'cancelled'] as const).find((status) =>
    statuses.has(status),
  )
  if (worst === 'unreadable') return 'failed'
  return worst ?? 'succeeded'
}
