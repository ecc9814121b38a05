import type { HostStatus } from '../../shared/domain/index.ts'
import type { AppError, ErrorCode } from '../../shared/errors/index.ts'
import { needsPerson } from '../ssh/index.ts'

/** How far the way to a host has got. */
export type LinkPhase = 'idle' | 'connecting' | 'initializing' | 'connected'

export interface HostStatusFacts {
  readonly phase: LinkPhase
  /** Attempts that failed since the last success. */
  readonly failures: number
  /** When the host last answered, or when the first attempt began; by the monotonic clock, as `nowMs`. */
  readonly lastSuccessMs: number
  readonly nowMs: number
  readonly nonResponsiveAfterMs: number
  readonly vmCount: number
  readonly error: AppError | null
}

/** oVirt waits this much longer for each VM of a host before it gives the host up. */
const PATIENCE_PER_VM_MS = 500
/** The host is non-responsive only after more failures than this. */
const FAILURES_TOLERATED = 2

/** The host answers, but no VM can be run on it through us. */
const CANNOT_RUN_VMS: ReadonlySet<ErrorCode> = new Set([
  'host.libvirt-permission',
  'host.libvirt-too-old',
  'host.no-qemu',
  'libvirt.authentication-denied',
  'libvirt.authentication-unsupported',
])

/** What only a person can mend: signing in, the host's key, the rights to use libvirt there. */
export function isHopeless(error: AppError): boolean {
  return CANNOT_RUN_VMS.has(error.code) || needsPerson(error)
}

/** `needsPerson` without narrowing the type of what is left. */
function isRefused(error: AppError | null): boolean {
  return error !== null && needsPerson(error)
}

/** When, at the earliest, a host that does not answer counts as non-responsive; by the monotonic clock. */
export function nonResponsiveAtMs(
  facts: Pick<HostStatusFacts, 'lastSuccessMs' | 'nonResponsiveAfterMs' | 'vmCount'>,
): number {
  return facts.lastSuccessMs + facts.nonResponsiveAfterMs + PATIENCE_PER_VM_MS * facts.vmCount
}

/**
 * oVirt's rule: a lost host is `connecting`, and `non-responsive` only after more than two failures and the grace time.
 * A daemon that is restarting looks like one that is missing, so that is believed only after the same time.
 */
export function decideHostStatus(facts: HostStatusFacts): HostStatus {
  const { phase, error } = facts
  if (phase === 'idle') return 'unassigned'
  if (phase === 'initializing') return 'initializing'
  if (phase === 'connected') return error === null ? 'up' : 'non-operational'
  if (isRefused(error)) return 'error'
  if (error !== null && CANNOT_RUN_VMS.has(error.code)) return 'non-operational'
  if (facts.failures <= FAILURES_TOLERATED || facts.nowMs < nonResponsiveAtMs(facts)) return 'connecting'
  return error?.code === 'host.libvirt-missing' ? 'non-operational' : 'non-responsive'
}
