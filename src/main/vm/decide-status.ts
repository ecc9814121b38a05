import type { VmStatus } from '../../shared/domain/index.ts'
import type { DomainRecord } from '../hosts/index.ts'

/** Something of ours under way that libvirt's state does not tell. */
export type TransitionKind =
  | 'powering-up'
  | 'restoring-state'
  | 'saving-state'
  | 'powering-down'
  | 'reboot-in-progress'
  | 'migrating-from'

export interface StatusFacts {
  readonly record: Pick<DomainRecord, 'state' | 'reason' | 'hasManagedSave'>
  /** Is the record current? */
  readonly live: boolean
  readonly transition: TransitionKind | null
}

export interface DecidedStatus {
  readonly status: VmStatus
  readonly reason: string | null
}

/** Reasons that add nothing to the status. */
const PLAIN_REASONS: ReadonlySet<string> = new Set(['unknown', 'booted', 'user', 'shutdown', 'unpaused', 'destroyed'])

/** oVirt's status of a domain. `unknown` only ever means that its host cannot be asked. */
export function decideStatus({ record, live, transition }: StatusFacts): DecidedStatus {
  if (!live) return { status: 'unknown', reason: null }
  const now = statusByState(record)
  return { ...now, status: withTransition(now.status, transition) }
}

function statusByState({ state, reason, hasManagedSave }: StatusFacts['record']): DecidedStatus {
  const told = PLAIN_REASONS.has(reason) ? null : reason
  switch (state) {
    case 'running':
    case 'blocked':
      return { status: 'up', reason: told }
    case 'paused':
      return statusOfPaused(reason, hasManagedSave, told)
    case 'shutting-down':
      return { status: 'powering-down', reason: told }
    case 'pm-suspended':
      return { status: 'paused', reason: 'pm-suspended' }
    case 'crashed':
      // QEMU is kept for a look at the guest; nothing runs in it any more.
      return { status: 'not-responding', reason: told ?? 'crashed' }
    case 'shut-off':
      return hasManagedSave
        ? { status: 'suspended', reason: null }
        : { status: 'down', reason: told === 'saved' ? null : told }
    case 'no-state':
    case 'unknown':
      return { status: 'unknown', reason: state }
  }
}

function statusOfPaused(reason: string, hasManagedSave: boolean, told: string | null): DecidedStatus {
  if (reason === 'starting-up') return { status: hasManagedSave ? 'restoring-state' : 'powering-up', reason: null }
  // While QEMU reads a saved state, libvirt calls it an incoming migration.
  if (reason === 'migration') return { status: hasManagedSave ? 'restoring-state' : 'migrating-from', reason: null }
  if (reason === 'save') return { status: 'saving-state', reason: null }
  if (reason === 'shutting-down') return { status: 'powering-down', reason: null }
  return { status: 'paused', reason: told }
}

const SHOWN_OVER: Readonly<Record<TransitionKind, ReadonlySet<VmStatus>>> = {
  'powering-up': new Set(['down', 'suspended', 'powering-up', 'paused']),
  'restoring-state': new Set(['down', 'suspended', 'powering-up', 'paused', 'migrating-from', 'restoring-state']),
  'saving-state': new Set(['up', 'paused', 'saving-state']),
  'powering-down': new Set(['up']),
  'reboot-in-progress': new Set(['up']),
  'migrating-from': new Set(['up', 'paused', 'migrating-from']),
}

function withTransition(status: VmStatus, transition: TransitionKind | null): VmStatus {
  return transition !== null && SHOWN_OVER[transition].has(status) ? transition : status
}
