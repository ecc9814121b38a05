import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { clusterSubject, decideClusterKnown, decideClusterNameFree, decideCpuModelKnown } from '../rules.ts'
import type { ClusterCommandDependencies } from './dependencies.ts'

/** Changes a cluster's name and settings. */
export function createClusterEdit({ store }: ClusterCommandDependencies): InstantHandler<'cluster.edit'> {
  return {
    name: 'cluster.edit',
    subject: clusterSubject,
    validate: (model, { clusterId, name, cpuModel }) =>
      decideClusterKnown(model, clusterId) ??
      decideClusterNameFree(model, name, clusterId) ??
      decideCpuModelKnown(model, clusterId, cpuModel),
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
