import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { clusterSubject, decideClusterEmpty } from '../rules.ts'
import type { ClusterCommandDependencies } from './dependencies.ts'

/** Removes a cluster that holds no host. */
export function createClusterRemove({ store }: ClusterCommandDependencies): InstantHandler<'cluster.remove'> {
  return {
    name: 'cluster.remove',
    subject: clusterSubject,
    validate: (model, { clusterId }) => decideClusterEmpty(model, clusterId),
    // Exclusive: a host that is being added to it is there first, and then in the way.
    locks: (_model, { clusterId }) => [exclusive('clusters'), exclusive(`cluster:${clusterId}`)],
    execute: async ({ input: { clusterId } }) => {
      await store.remove(clusterId)
      return {}
    },
  }
}
