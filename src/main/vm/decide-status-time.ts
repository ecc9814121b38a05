import type { VmStatus } from '../../shared/domain/index.ts'
import type { VmStatusRecord } from '../inventory/index.ts'

/** What is seen of a VM now. */
export type SeenStatus = Pick<VmStatusRecord, 'vmId' | 'hostId' | 'status' | 'domainId'>

/** Reasons with which a guest has been running since its QEMU began to. */
const SINCE_START: ReadonlySet<string> = new Set(['booted', 'restored', 'migrated'])
/** How far two readings of the same start may lie apart: seconds are cut off, and the answer takes a moment. */
const START_TOLERANCE_MS = 3_000

/**
 * Since when a VM is in its status. With `watched` nothing can have happened unseen: a change is a change of this moment. After
 * a gap the status of before holds on if it is still the same run; otherwise all that is known is that it was so already.
 */
export function decideStatusTime(
  before: VmStatusRecord | undefined,
  seen: SeenStatus,
  { now, watched }: { readonly now: number; readonly watched: boolean },
): VmStatusRecord {
  const { vmId, hostId, status, domainId } = seen
  const sameRun = before?.status === status && (before.domainId === domainId || (watched && before.hostId !== hostId))
  // Stored by a clock that was ahead, it says nothing.
  const isFuture = !watched && (before?.since ?? 0) > now + START_TOLERANCE_MS
  if (before !== undefined && sameRun && !isFuture) return { ...before, hostId, domainId }
  return { vmId, hostId, status, domainId, since: now, exact: watched }
}

/**
 * The same with the word of the host about the guest's process: it began at `startedAt` (milliseconds since the epoch by our
 * clock). What was known from before that is of another run.
 */
export function decideWithStart(
  before: VmStatusRecord,
  reason: string,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): VmStatusRecord {
  const ofAnotherRun = before.since < startedAt - START_TOLERANCE_MS
  if (before.exact && !ofAnotherRun) return before
  if (isSinceStart(before.status, reason)) return { ...before, since: startedAt, exact: true }
  return ofAnotherRun ? { ...before, since: now, exact: false } : before
}

function isSinceStart(status: VmStatus, reason: string): boolean {
  return status === 'up' && SINCE_START.has(reason)
}
