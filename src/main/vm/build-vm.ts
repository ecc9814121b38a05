import type { ClusterId, Problem, Vm, VmId } from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { DomainRecord } from '../hosts/index.ts'
import type { Placement } from './decide-placement.ts'
import type { DecidedStatus } from './decide-status.ts'

export interface VmParts {
  readonly vmId: VmId
  readonly record: DomainRecord
  readonly placement: Placement
  /** Of the host that it is placed on. */
  readonly clusterId: ClusterId
  readonly live: boolean
  /** When its host last told us anything, for one that is not live. */
  readonly hostAsOf: number | null
  readonly status: DecidedStatus
  /** What its host last told, for one that is not live. */
  readonly lastStatus: Vm['lastStatus']
  /** Since when, and whether that is known to the moment. */
  readonly since: { readonly at: number; readonly exact: boolean }
  /** Names of the hosts in `placement.runsOnSeveral`. */
  readonly hostNames: readonly string[]
  readonly nics: Vm['nics']
}

/** The VM as clients see it. Pure. */
export function buildVm(parts: VmParts): Vm {
  const { record, placement, live, since } = parts
  const { status, reason } = parts.status
  const {
    uuid: _uuid,
    name: _name,
    sharesMemory: _sharesMemory,
    balloonPeriodSeconds: _balloonPeriodSeconds,
    otherDevices: _otherDevices,
    bootOrder: _bootOrder,
    topology: _topology,
    ...definition
  } = record.definition
  return {
    ...definition,
    nics: parts.nics,
    id: parts.vmId,
    name: record.name,
    clusterId: parts.clusterId,
    hostId: placement.hostId,
    alsoDefinedOn: [...placement.alsoDefinedOn],
    status,
    statusReason: reason,
    statusSince: since.at,
    statusSinceExact: since.exact,
    lastStatus: parts.lastStatus,
    persistent: record.persistent,
    autostart: record.autostart,
    hasManagedSave: record.hasManagedSave,
    hasSnapshots: record.hasSnapshots,
    asOf: live ? record.readAt : (parts.hostAsOf ?? record.readAt),
    stale: !live,
    problems: decideProblems(parts),
    pending: [...(record.pending ?? [])],
  }
}

function decideProblems({ record, placement, hostNames, vmId }: VmParts): Problem[] {
  const problems: Problem[] = []
  if (placement.runsOnSeveral.length > 1) {
    const error = new AppError('vm.ambiguous', { name: record.name, hosts: hostNames.join(', ') }, { subject: vmId })
    problems.push({ severity: 'error', error: toWireError(error) })
  }
  if (record.definitionError !== null)
    problems.push({ severity: 'warning', error: toWireError(record.definitionError) })
  return problems
}
