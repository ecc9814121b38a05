import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, type ModelSnapshot, shared } from '../../engine/index.ts'
import { decideDetachment } from '../decide-assignment.ts'
import { decideDetachable, networkSubject } from '../rules.ts'
import { withAssignment } from './attach.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

type Input = Parameters<typeof decideDetachable>[1]

/** Takes a network from a cluster where nothing uses it. Its roles go back to the management network. */
export function createClusterDetachNetwork(
  dependencies: NetworkCommandDependencies,
): InstantHandler<'cluster.detach-network'> {
  const { store } = dependencies
  return {
    name: 'cluster.detach-network',
    subject: networkSubject,
    validate: (model, input) => {
      const left = decide(model, input)
      // What it never had is said before what it is used for.
      return left instanceof AppError ? left : decideDetachable(model, input)
    },
    locks: (_model, { clusterId }) => [exclusive('networks'), shared(`cluster:${clusterId}`)],
    execute: async ({ input, model }) => {
      const { clusterId, networkId } = input
      const left = decide(model(), input)
      if (left instanceof AppError) throw left
      const record = store.get(networkId)
      const clusters = record.clusters.filter((one) => one.clusterId !== clusterId)
      await store.save([
        { ...record, clusters },
        ...left.map((one) => withAssignment(store.get(one.networkId), clusterId, one)),
      ])
      return { clusterId, networkId }
    },
  }
}

function decide(model: ModelSnapshot, { clusterId, networkId }: Input) {
  const network = model.networks.get(networkId)
  const cluster = model.clusters.get(clusterId)
  if (network === undefined) return new AppError('network.not-found', { networkId })
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId })
  return decideDetachment(model.networks.where('datacenterId', network.datacenterId), cluster, networkId)
}
