import { type MemorySource, QUIET_STATS_INTERVAL_MS } from '../../shared/domain/index.ts'
import type { VmCounters } from './counters.ts'

/** What we ask QEMU to ask the guest for its memory, where nobody else has chosen a period. */
export const GUEST_REPORT_PERIOD_SECONDS = 10

/**
 * The guest's word on its memory, as it came in over several readings. QEMU goes on giving the last one for ever, so only
 * one that was seen to change, or that is known to be asked for, can be believed.
 */
export interface GuestReports {
  readonly reportedAt: number | null
  /** When we last saw a new one, milliseconds by the monotonic clock; null: never. */
  readonly changedMs: number | null
  /** How often the guest is asked, seconds; 0: never. */
  readonly periodSeconds: number
}

/** Takes one more reading into account. `periodSeconds` is what the definition says. Pure. */
export function followReports(
  before: GuestReports | null,
  now: Pick<VmCounters, 'atMs' | 'guestReportedAt'>,
  periodSeconds: number,
): GuestReports {
  const reportedAt = now.guestReportedAt
  if (reportedAt === null || reportedAt === 0) return { reportedAt, changedMs: null, periodSeconds }
  const isNew = before === null ? periodSeconds > 0 : before.reportedAt !== reportedAt
  return { reportedAt, changedMs: isNew ? now.atMs : (before?.changedMs ?? null), periodSeconds }
}

/** What a VM uses: the guest's word while it comes, else what the host spends on it. Pure. */
export function decideMemory(
  now: Pick<VmCounters, 'atMs' | 'guestUsedKiB' | 'residentKiB' | 'memoryTotalKiB'>,
  { changedMs, periodSeconds }: GuestReports,
): { readonly usedKiB: number | null; readonly source: MemorySource } {
  const believedMs = 2 * (Math.max(periodSeconds, GUEST_REPORT_PERIOD_SECONDS) * 1_000 + QUIET_STATS_INTERVAL_MS)
  const age = changedMs === null ? Number.POSITIVE_INFINITY : now.atMs - changedMs
  if (now.guestUsedKiB !== null && age <= believedMs) return { usedKiB: now.guestUsedKiB, source: 'guest' }
  if (now.residentKiB === null) return { usedKiB: null, source: null }
  // QEMU itself takes some, too: a VM is not shown to use more than it has.
  return { usedKiB: Math.min(now.residentKiB, now.memoryTotalKiB), source: 'host' }
}
