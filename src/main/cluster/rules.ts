import type { Cluster, ClusterId, DatacenterId, Host, HostId } from '../../shared/domain/index.ts'
import { AppError, type Reference } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** What an error names at most; how many there are is said beside it. */
export const REFERENCES_NAMED = 100

/** What the audit calls a cluster. */
export function clusterSubject(model: ModelSnapshot, { clusterId }: { readonly clusterId: ClusterId }) {
  return { kind: 'cluster', id: clusterId, name: model.clusters.get(clusterId)?.name ?? clusterId } as const
}

/** Is there such a cluster? Null: yes. */
export function decideClusterKnown(model: ModelSnapshot, clusterId: ClusterId): AppError | null {
  return model.clusters.has(clusterId) ? null : new AppError('cluster.not-found', { clusterId })
}

/** Is a name free in the whole inventory (for a cluster other than `except`)? Null: yes. Names differ by more than case. */
export function decideClusterNameFree(
  model: ModelSnapshot,
  name: string | undefined,
  except?: ClusterId,
): AppError | null {
  if (name === undefined) return null
  const taken = findClusterNamed(model, name, except)
  return taken === undefined ? null : new AppError('cluster.name-taken', { name })
}

/** The cluster of that name, whatever its case, other than `except`. */
export function findClusterNamed(model: ModelSnapshot, name: string, except?: ClusterId): Cluster | undefined {
  return model.clusters.where('name', name).find((cluster) => cluster.id !== except)
}

/** Do the hosts of a cluster know a CPU model by name? Null: yes, or none of them was asked yet. */
export function decideCpuModelKnown(
  model: ModelSnapshot,
  clusterId: ClusterId,
  cpuModel: string | null | undefined,
): AppError | null {
  const cluster = model.clusters.get(clusterId)
  const known = cluster?.cpu.knownModels ?? []
  if (typeof cpuModel !== 'string' || known.length === 0 || known.includes(cpuModel)) return null
  return new AppError('cluster.cpu-model-unknown', { name: cluster?.name ?? clusterId, model: cpuModel })
}

/** The cluster that a new host goes to: the one that was named, or the only one there is. An error says why there is none. */
function findTargetCluster(model: ModelSnapshot, clusterId: ClusterId | undefined): Cluster | AppError {
  if (clusterId !== undefined) {
    return model.clusters.get(clusterId) ?? new AppError('cluster.not-found', { clusterId })
  }
  const [only, ...others] = model.clusters.values()
  if (only === undefined) return new AppError('cluster.none', {})
  if (others.length === 0) return only
  return new AppError('cluster.not-named', {
    references: [only, ...others].slice(0, REFERENCES_NAMED).map(referToCluster),
  })
}

/** May a host be added without more being said? Null: yes. */
export function decideTargetCluster(model: ModelSnapshot, clusterId: ClusterId | undefined): AppError | null {
  const target = findTargetCluster(model, clusterId)
  return target instanceof AppError ? target : null
}

/** Where it goes. Throws what {@link decideTargetCluster} gives. */
export function targetClusterIn(model: ModelSnapshot, clusterId: ClusterId | undefined): ClusterId {
  const target = findTargetCluster(model, clusterId)
  if (target instanceof AppError) throw target
  return target.id
}

/** Refuses to remove a cluster that holds hosts, and names them. Their VMs come and go with them. */
export function decideClusterEmpty(model: ModelSnapshot, clusterId: ClusterId): AppError | null {
  const cluster = model.clusters.get(clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  const hosts = model.hosts.where('clusterId', clusterId)
  if (hosts.length === 0) return null
  return new AppError(
    'cluster.not-empty',
    { name: cluster.name, count: hosts.length, references: hosts.slice(0, REFERENCES_NAMED).map(referToHost) },
    { subject: cluster.name },
  )
}

/** May a host be moved to a cluster? Null: yes. Its maintenance has emptied it of running VMs. */
export function decideHostMove(
  model: ModelSnapshot,
  { hostId, clusterId }: { readonly hostId: HostId; readonly clusterId: ClusterId },
): AppError | null {
  const host = model.hosts.get(hostId)
  const cluster = model.clusters.get(clusterId)
  if (host === undefined) return new AppError('host.not-found', { hostId })
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  const about = { subject: host.name, hostId }
  if (host.clusterId === clusterId) {
    return new AppError('cluster.holds-host', { name: cluster.name, hostName: host.name }, about)
  }
  if (host.status === 'maintenance') return null
  return new AppError('host.not-in-maintenance', { name: host.name, status: host.status }, about)
}

/** The clusters of a datacenter. */
export function clustersOf(model: ModelSnapshot, datacenterId: DatacenterId): readonly Cluster[] {
  return model.clusters.where('datacenterId', datacenterId)
}

/** A cluster as an error names it. */
export function referToCluster({ id, name }: Pick<Cluster, 'id' | 'name'>): Reference {
  return { kind: 'cluster', id, name }
}

function referToHost({ id, name }: Pick<Host, 'id' | 'name'>): Reference {
  return { kind: 'host', id, name }
}
