import type { AuditEvent, EventKind } from '../../../shared/domain/index.ts'

const FAILURES: ReadonlySet<EventKind> = new Set<EventKind>(['command.failed', 'vm.crashed', 'vm.io-error'])
/** What puts an end to the worry about a failure before it. */
const SUCCESSES: ReadonlySet<EventKind> = new Set<EventKind>(['command.succeeded', 'vm.started', 'vm.migrated'])

/** The latest failure of something, unless it has gone well since. Null: there is none. Pure. */
export function findLastFailure(events: Iterable<AuditEvent>, subjectId: string): AuditEvent | null {
  let last: AuditEvent | null = null
  for (const event of events) {
    const counts = event.subject.id === subjectId && (FAILURES.has(event.kind) || SUCCESSES.has(event.kind))
    if (counts && (last === null || Number(event.id) > Number(last.id))) last = event
  }
  return last !== null && FAILURES.has(last.kind) ? last : null
}
