import type { ClusterId, HostId, Network, Problem } from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { NetworkRecord } from '../inventory/index.ts'
import { decideMissing, type NetworkHost } from './decide-network-status.ts'

export interface NetworkParts {
  readonly record: NetworkRecord
  /** Of each cluster that has it. */
  readonly hostsOf: (clusterId: ClusterId) => readonly NetworkHost[]
  readonly clusterName: (clusterId: ClusterId) => string
  readonly isOperational: (clusterId: ClusterId) => boolean
  readonly hostIds: readonly HostId[]
  readonly profileCount: number
  readonly vmCount: number
  /** Of its datacenter. */
  readonly others: readonly Pick<NetworkRecord, 'name' | 'vlanId'>[]
}

/** The network as clients see it. Pure. */
export function buildNetwork(parts: NetworkParts): Network {
  const { record, hostsOf, isOperational, hostIds, profileCount, vmCount } = parts
  const { createdAt: _createdAt, clusters, ...definition } = record
  return {
    ...definition,
    clusters: clusters.map(({ roles, ...cluster }) => ({
      ...cluster,
      roles: [...roles],
      status: isOperational(cluster.clusterId) ? ('operational' as const) : ('non-operational' as const),
      missingHostIds: [...decideMissing(hostsOf(cluster.clusterId))],
    })),
    hostIds: [...hostIds],
    profileCount,
    vmCount,
    problems: decideProblems(parts),
  }
}

function decideProblems({ record, hostsOf, isOperational, clusterName, others }: NetworkParts): Problem[] {
  const { name, vlanId, clusters } = record
  const warn = (error: AppError): Problem => ({ severity: 'warning', error: toWireError(error) })
  const lacking = clusters.flatMap(({ clusterId, required }) => {
    const missing = decideMissing(hostsOf(clusterId))
    if (!required || isOperational(clusterId) || missing.length === 0) return []
    const params = { name, clusterName: clusterName(clusterId), count: missing.length }
    return [warn(new AppError('network.non-operational', params, { subject: name }))]
  })
  const other = vlanId === null ? undefined : others.find((one) => one.vlanId === vlanId)
  if (vlanId === null || other === undefined) return lacking
  return [...lacking, warn(new AppError('network.vlan-shared', { name, vlanId, other: other.name }, { subject: name }))]
}
