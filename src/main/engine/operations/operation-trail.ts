import type { AuditEvent, OperationRecord, TaskStatus } from '../../../shared/domain/index.ts'
import { asksGuest } from '../../../shared/domain/index.ts'
import type { AuditTrail } from '../audit-trail.ts'

type Line = Pick<AuditEvent, 'kind' | 'severity'>

const LINES: Partial<Readonly<Record<TaskStatus, Line>>> = {
  succeeded: { kind: 'command.succeeded', severity: 'info' },
  failed: { kind: 'command.failed', severity: 'error' },
  cancelled: { kind: 'command.cancelled', severity: 'warning' },
  unknown: { kind: 'command.left-unknown', severity: 'warning' },
  'left-behind': { kind: 'operation.left-behind', severity: 'warning' },
  abandoned: { kind: 'operation.abandoned', severity: 'warning' },
}

/** What only asks a guest is not done yet. */
const ASKED: Line = { kind: 'command.asked', severity: 'info' }

/** Tells the trail how an operation ended, or that it stays open. What is left behind is named with its hosts. */
export function recordOperationEvent(
  audit: Pick<AuditTrail, 'record'>,
  record: OperationRecord,
  params: Readonly<Record<string, string | number | boolean>>,
): void {
  // It has ended, and what it did will never be known.
  const isUnknown = record.status === 'failed' && record.error?.retry === 'after-refresh'
  const told = LINES[isUnknown ? 'unknown' : record.status]
  if (told === undefined) return
  const line = told.kind === 'command.succeeded' && asksGuest(record.command) ? ASKED : told
  const { subject, user, command, error, correlationId } = record
  const leftAt = listLeftBehind(record)
  audit.record({
    ...line,
    subject,
    user,
    command,
    params: leftAt === '' ? params : { ...params, left: leftAt },
    error,
    correlationId,
  })
}

/** The steps whose effect is, or may be, still there, as one line: "connect, store". */
function listLeftBehind({ plan, steps, status }: OperationRecord): string {
  if (status !== 'left-behind' && status !== 'abandoned' && status !== 'unknown') return ''
  const there = plan.steps.filter((_step, index) =>
    ['left', 'undoing', 'unknown', 'running'].includes(steps[index]?.phase ?? 'pending'),
  )
  return there
    .map(({ id }) => id)
    .join(', ')
    .slice(0, 1_000)
}
