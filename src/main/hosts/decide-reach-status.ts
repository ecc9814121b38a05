import type { HostStatus, Settings } from '../../shared/domain/index.ts'
import type { AppError, ErrorCode } from '../../shared/errors/index.ts'
import { needsPerson } from '../ssh/index.ts'

/** How far the way to a host has got. */
export type LinkPhase = 'idle' | 'connecting' | 'initializing' | 'connected'

/** How a host stands as far as the way to it tells; what is wished of it makes the rest of its status. */
export type ReachStatus = Extract<
  HostStatus,
  'unassigned' | 'initializing' | 'up' | 'connecting' | 'non-responsive' | 'non-operational' | 'error'
>

/** When a lost host is given up; as the settings say. */
export type GracePolicy = Pick<
  Settings,
  'nonResponsiveAfterMs' | 'nonResponsiveAfterFailures' | 'patiencePerVmMs' | 'patienceStorageManagerMs'
>

export interface ReachFacts {
  readonly phase: LinkPhase
  /** Attempts that failed since the last success. */
  readonly failures: number
  /** When the host last answered, or when the first attempt began; by the monotonic clock, as `nowMs`. */
  readonly lastSuccessMs: number
  readonly nowMs: number
  readonly policy: GracePolicy
  /** VMs that ran there when it was last heard. */
  readonly runningVmCount: number
  /** It writes the metadata of its datacenter's storage. */
  readonly isStorageManager: boolean
  readonly error: AppError | null
}

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
  facts: Pick<ReachFacts, 'lastSuccessMs' | 'policy' | 'runningVmCount' | 'isStorageManager'>,
): number {
  const { lastSuccessMs, policy, runningVmCount, isStorageManager } = facts
  const forStorage = isStorageManager ? policy.patienceStorageManagerMs : 0
  return lastSuccessMs + policy.nonResponsiveAfterMs + forStorage + policy.patiencePerVmMs * runningVmCount
}

/**
 * oVirt's rule: a lost host is `connecting`, and `non-responsive` only after more than so many failures and the grace time.
 * A daemon that is restarting looks like one that is missing, so that is believed only after the same time.
 */
export function decideReachStatus(facts: ReachFacts): ReachStatus {
  const { phase, error } = facts
  if (phase === 'idle') return 'unassigned'
  if (phase === 'initializing') return 'initializing'
  if (phase === 'connected') return error === null ? 'up' : 'non-operational'
  if (isRefused(error)) return 'error'
  if (error !== null && CANNOT_RUN_VMS.has(error.code)) return 'non-operational'
  const tolerated = facts.failures <= facts.policy.nonResponsiveAfterFailures
  if (tolerated || facts.nowMs < nonResponsiveAtMs(facts)) return 'connecting'
  return error?.code === 'host.libvirt-missing' ? 'non-operational' : 'non-responsive'
}
