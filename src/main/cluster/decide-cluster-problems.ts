import {
  type ClusterDefinition,
  type ClusterId,
  macRangeSize,
  macRangesOverlap,
  type Problem,
  type Vm,
  type VmId,
} from '../../shared/domain/index.ts'
import { AppError, type Reference, toWireError } from '../../shared/errors/index.ts'
import type { MacTable } from './mac-table.ts'
import { REFERENCES_NAMED, referToCluster } from './rules.ts'

export interface ClusterSurroundings {
  /** All other clusters of the inventory. */
  readonly others: readonly ClusterDefinition[]
  readonly usedMacAddresses: number
  /** Over the whole inventory. */
  readonly duplicates: ReturnType<MacTable['duplicates']>
  readonly vms: ReadonlyMap<string, Pick<Vm, 'id' | 'name' | 'clusterId'>>
  /** Why its hosts have no CPU level in common. */
  readonly cpuError: AppError | null
}

/** oVirt warns when so few addresses are left. */
const FEW_LEFT = 10
/** Addresses told of by themselves; beyond that nobody reads on. */
const DUPLICATES_TOLD = 10

/** What is to be said of a cluster itself, beside what its hosts have to say. Pure. */
export function decideClusterProblems(cluster: ClusterDefinition, surroundings: ClusterSurroundings): Problem[] {
  const { others, usedMacAddresses, cpuError } = surroundings
  const { macRange } = cluster.settings
  const subject = cluster.name
  const problems: Problem[] = []
  const warn = (error: AppError) => problems.push({ severity: 'warning', error: toWireError(error) })

  if (cpuError !== null) warn(cpuError)
  const overlapping = others.filter((other) => macRangesOverlap(other.settings.macRange, macRange))
  if (overlapping.length > 0) {
    const references = overlapping.slice(0, REFERENCES_NAMED).map(referToCluster)
    warn(new AppError('cluster.mac-range-overlaps', { name: cluster.name, references }, { subject }))
  }
  const left = macRangeSize(macRange) - usedMacAddresses
  if (left <= FEW_LEFT) warn(new AppError('cluster.mac-range-short', { name: cluster.name, left }, { subject }))
  for (const { mac, references } of duplicatesIn(cluster.id, surroundings)) {
    warn(new AppError('cluster.mac-address-twice', { mac, references }, { subject }))
  }
  return problems
}

/** Addresses that a VM of the cluster shares with another card, of its own or of any VM of the inventory. */
function duplicatesIn(
  clusterId: ClusterId,
  { duplicates, vms }: Pick<ClusterSurroundings, 'duplicates' | 'vms'>,
): { readonly mac: string; readonly references: readonly Reference[] }[] {
  const found: { mac: string; references: Reference[] }[] = []
  for (const { mac, vmIds } of duplicates) {
    if (found.length >= DUPLICATES_TOLD) break
    if (!vmIds.some((vmId) => vms.get(vmId)?.clusterId === clusterId)) continue
    const refer = (id: VmId): Reference => ({ kind: 'vm', id, name: vms.get(id)?.name ?? id })
    found.push({ mac, references: vmIds.slice(0, REFERENCES_NAMED).map(refer) })
  }
  return found
}
