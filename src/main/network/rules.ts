import type { Cluster, ClusterId, DatacenterId, Host, Network, NetworkId, Vm } from '../../shared/domain/index.ts'
import { AppError, type Reference } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** What an error names at most; how many there are is said beside it. */
export const REFERENCES_NAMED = 100

/** What the audit calls a network. */
export function networkSubject(model: ModelSnapshot, { networkId }: { readonly networkId: NetworkId }) {
  return { kind: 'network', id: networkId, name: model.networks.get(networkId)?.name ?? networkId } as const
}

/** The network, or network.not-found. */
export function findNetwork(model: ModelSnapshot, networkId: NetworkId): Network | AppError {
  return model.networks.get(networkId) ?? new AppError('network.not-found', { networkId })
}

/** The network of that name in a datacenter, whatever its case, other than `except`. */
export function findNetworkNamed(
  model: ModelSnapshot,
  datacenterId: DatacenterId,
  name: string,
  except?: NetworkId,
): Network | undefined {
  return model.networks
    .where('name', name)
    .find((network) => network.datacenterId === datacenterId && network.id !== except)
}

/** Is a name free in a datacenter? Null: yes. */
export function decideNetworkNameFree(
  model: ModelSnapshot,
  datacenterId: DatacenterId,
  name: string | undefined,
  except?: NetworkId,
): AppError | null {
  if (name === undefined || findNetworkNamed(model, datacenterId, name, except) === undefined) return null
  const datacenterName = model.datacenters.get(datacenterId)?.name ?? datacenterId
  return new AppError('network.name-taken', { name, datacenterName }, { subject: name })
}

/** May a network be edited so? The one that a datacenter came with keeps its name; one with machines stays for machines. Null: yes. */
export function decideNetworkEdit(
  model: ModelSnapshot,
  changes: {
    readonly networkId: NetworkId
    readonly name?: string | undefined
    readonly vmNetwork?: boolean | undefined
  },
): AppError | null {
  const network = findNetwork(model, changes.networkId)
  if (network instanceof AppError) return network
  if (network.isManagement && changes.name !== undefined && changes.name !== network.name) {
    return new AppError('network.management-fixed', { name: network.name }, { subject: network.name })
  }
  const taken = decideNetworkNameFree(model, network.datacenterId, changes.name, network.id)
  if (taken !== null || changes.vmNetwork !== false) return taken
  return decideUnused(network, machinesOn(model, network).map(referToVm))
}

/** May a network be removed? Refused with the clusters, hosts and machines that use it. Null: yes. */
export function decideNetworkRemove(model: ModelSnapshot, networkId: NetworkId): AppError | null {
  const network = findNetwork(model, networkId)
  if (network instanceof AppError) return network
  if (network.isManagement) {
    return new AppError('network.management-fixed', { name: network.name }, { subject: network.name })
  }
  const clusters = network.clusters.flatMap(({ clusterId }) => model.clusters.get(clusterId) ?? [])
  return decideUnused(network, [
    ...clusters.map(referToCluster),
    ...hostsWith(model, network).map(referToHost),
    ...machinesOn(model, network).map(referToVm),
  ])
}

/** May a cluster have a network? Both are there, in one datacenter. Null: yes. */
export function decideAttachable(
  model: ModelSnapshot,
  { clusterId, networkId }: { readonly clusterId: ClusterId; readonly networkId: NetworkId },
): AppError | null {
  const network = findNetwork(model, networkId)
  if (network instanceof AppError) return network
  const cluster = model.clusters.get(clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  if (cluster.datacenterId === network.datacenterId) return null
  return new AppError(
    'network.other-datacenter',
    { name: network.name, clusterName: cluster.name },
    { subject: network.name },
  )
}

/** Is a network of no use to a cluster any more? Refused with its hosts and machines there. Null: yes. */
export function decideDetachable(
  model: ModelSnapshot,
  { clusterId, networkId }: { readonly clusterId: ClusterId; readonly networkId: NetworkId },
): AppError | null {
  const unfit = decideAttachable(model, { clusterId, networkId })
  const network = model.networks.get(networkId)
  if (unfit !== null || network === undefined) return unfit
  const hosts = hostsWith(model, network).filter((host) => host.clusterId === clusterId)
  const vms = machinesOn(model, network).filter((vm) => vm.clusterId === clusterId)
  return decideUnused(network, [...hosts.map(referToHost), ...vms.map(referToVm)])
}

/** Machines with a network card in the network's bridge, in the clusters that have it. */
export function machinesOn(model: ModelSnapshot, { bridgeName, clusters }: Pick<Network, 'bridgeName' | 'clusters'>) {
  return clusters
    .flatMap(({ clusterId }) => model.vms.where('clusterId', clusterId))
    .filter(({ nics }) => nics.some(({ type, source }) => type === 'bridge' && source === bridgeName))
}

function hostsWith(model: ModelSnapshot, { hostIds }: Network): readonly Host[] {
  return hostIds.flatMap((id) => model.hosts.get(id) ?? [])
}

function decideUnused({ name }: Network, references: readonly Reference[]): AppError | null {
  if (references.length === 0) return null
  const named = references.slice(0, REFERENCES_NAMED)
  return new AppError('network.in-use', { name, count: references.length, references: named }, { subject: name })
}

const referToCluster = ({ id, name }: Cluster): Reference => ({ kind: 'cluster', id, name })
const referToHost = ({ id, name }: Host): Reference => ({ kind: 'host', id, name })
/** A machine as an error names it. */
export const referToVm = ({ id, name }: Vm): Reference => ({ kind: 'vm', id, name })
