import type { ClusterId } from '../../../shared/domain/index.ts'
import type { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, type ModelSnapshot } from '../../engine/index.ts'
import { decideLevelGiven } from '../cpu/decide-cluster-cpu.ts'
import { clusterSubject, decideClusterKnown, decideClusterNameFree, decideCpuModelKnown } from '../rules.ts'
import type { ClusterCommandDependencies } from './dependencies.ts'

/** Changes a cluster's name and settings. */
export function createClusterEdit({ store, cpus }: ClusterCommandDependencies): InstantHandler<'cluster.edit'> {
  return {
    name: 'cluster.edit',
    subject: clusterSubject,
    validate: (model, { clusterId, name, cpuModel }) =>
      decideClusterKnown(model, clusterId) ??
      decideClusterNameFree(model, name, clusterId) ??
      decideCpuModelKnown(model, clusterId, cpuModel) ??
      decideLevel(model, clusterId, cpuModel),
    locks: (_model, { clusterId }) => [exclusive('clusters'), exclusive(`cluster:${clusterId}`)],
    auditParams: ({ clusterId: _clusterId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input: { clusterId, revision, name, ...settings }, identity }) => {
      await store.edit(clusterId, { name, settings }, { user: identity.user, base: revision })
      return { clusterId }
    },
  }

  /** The level that it has already may be kept: whom that keeps out, is out. */
  function decideLevel(
    model: ModelSnapshot,
    clusterId: ClusterId,
    cpuModel: string | null | undefined,
  ): AppError | null {
    const cluster = model.clusters.get(clusterId)
    if (cluster === undefined || typeof cpuModel !== 'string' || cluster.settings.cpuModel === cpuModel) return null
    const hosts = cpus.membersFor(clusterId, cpuModel).flatMap((member) => {
      const host = model.hosts.get(member.hostId)
      return host === undefined ? [] : [{ ...member, status: host.status }]
    })
    return decideLevelGiven({ name: cluster.name, cpuModel }, hosts)
  }
}
