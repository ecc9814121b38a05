import type { ClusterId, NetworkRole } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, type ModelSnapshot, shared } from '../../engine/index.ts'
import type { NetworkRecord } from '../../inventory/index.ts'
import { type Assignment, decideAssignment } from '../decide-assignment.ts'
import { decideAttachable, networkSubject } from '../rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Gives a cluster a network, or another use for one that it has. */
export function createClusterAttachNetwork(
  dependencies: NetworkCommandDependencies,
): InstantHandler<'cluster.attach-network'> {
  const { store } = dependencies
  return {
    name: 'cluster.attach-network',
    subject: networkSubject,
    validate: (model, input) => {
      const assigned = decideAttachable(model, input) ?? decide(model, input)
      return assigned instanceof AppError ? assigned : null
    },
    // Shared: the cluster is not removed meanwhile.
    locks: (_model, { clusterId }) => [exclusive('networks'), shared(`cluster:${clusterId}`)],
    auditParams: ({ roles, required }) => ({ required, ...(roles === undefined ? {} : { roles: roles.join(', ') }) }),
    execute: async ({ input, model }) => {
      const { clusterId, networkId } = input
      const assigned = decide(model(), input)
      if (assigned instanceof AppError) throw assigned
      await store.save(assigned.map((one) => withAssignment(store.get(one.networkId), clusterId, one)))
      return { clusterId, networkId }
    },
  }

  function decide(
    model: ModelSnapshot,
    input: {
      readonly clusterId: ClusterId
      readonly networkId: NetworkRecord['id']
      readonly roles?: readonly NetworkRole[] | undefined
      readonly required: boolean
    },
  ): readonly Assignment[] | AppError {
    const { clusterId, networkId, required } = input
    const network = model.networks.get(networkId)
    const cluster = model.clusters.get(clusterId)
    if (network === undefined) return new AppError('network.not-found', { networkId })
    if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
    const before = network.clusters.find((one) => one.clusterId === clusterId)
    const roles = input.roles ?? before?.roles ?? (network.vmNetwork ? ['vm' as const] : [])
    const networks = model.networks.where('datacenterId', network.datacenterId)
    return decideAssignment(networks, cluster, { networkId, required, roles })
  }
}

/** A network with its use in one cluster, added or changed. */
export function withAssignment(
  record: NetworkRecord,
  clusterId: ClusterId,
  { required, roles }: Assignment,
): NetworkRecord {
  const attached = { clusterId, required, roles: [...roles] }
  const isThere = record.clusters.some((one) => one.clusterId === clusterId)
  const clusters = isThere
    ? record.clusters.map((one) => (one.clusterId === clusterId ? attached : one))
    : [...record.clusters, attached]
  return { ...record, clusters }
}
