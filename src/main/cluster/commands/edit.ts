import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { clusterSubject, decideClusterKnown, decideClusterNameFree } from '../rules.ts'
import type { ClusterCommandDependencies } from './dependencies.ts'

/** Changes a cluster's name and settings. */
export function createClusterEdit({ store }: ClusterCommandDependencies): InstantHandler<'cluster.edit'> {
  return {
    name: 'cluster.edit',
    subject: clusterSubject,
    validate: (model, { clusterId, name }) =>
      decideClusterKnown(model, clusterId) ?? decideClusterNameFree(model, name, clusterId),
    locks: (_model, { clusterId }) => [exclusive('clusters'), exclusive(`cluster:${clusterId}`)],
    auditParams: ({ clusterId: _clusterId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input: { clusterId, revision, name, ...settings }, identity }) => {
      await store.edit(clusterId, { name, settings }, { user: identity.user, base: revision })
      return { clusterId }
    },
  }
}
