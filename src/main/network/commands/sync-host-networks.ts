import type { ParsedInput } from '../../../shared/contract/index.ts'
import type { HostId, Subject } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { createSetupSteps, findSetupHost, type SetupDependencies, setupDrafts } from '../host-networks/setup-steps.ts'
import { networksLock } from './setup-host-networks.ts'

type Input = Pick<ParsedInput<'host.sync-networks'>, 'hostId' | 'clusterId' | 'networkId'>

/** Sets hosts up again as they are wished, one after the other; the first that fails is the last. */
export function createHostSyncNetworks(dependencies: SetupDependencies): OperationHandler<'host.sync-networks'> {
  const { store } = dependencies

  /** Of those asked for, the ones that are up and of which something is wished, by their names. */
  function hostsOf(model: ModelSnapshot, { hostId, clusterId, networkId }: Input): { id: HostId; name: string }[] {
    const withNetwork = networkId === undefined ? null : new Set(store.hostsWith(networkId))
    return [...model.hosts.values()]
      .filter((host) => hostId === undefined || host.id === hostId)
      .filter((host) => clusterId === undefined || host.clusterId === clusterId)
      .filter((host) => withNetwork === null || withNetwork.has(host.id))
      .filter((host) => host.id === hostId || (host.transport === 'ssh' && !host.stale && isWished(host.id)))
      .map(({ id, name }) => ({ id, name }))
      .toSorted((one, other) => one.name.localeCompare(other.name))
  }

  function isWished(hostId: HostId): boolean {
    const { attachments, bonds } = store.wishOf(hostId)
    return attachments.length + bonds.length > 0
  }

  return {
    name: 'host.sync-networks',
    subject: subjectOf,
    validate: (model, input) => {
      if (input.hostId !== undefined) {
        const host = findSetupHost(model, input.hostId)
        return host instanceof Error ? host : null
      }
      if (input.networkId !== undefined && !model.networks.has(input.networkId)) {
        return new AppError('network.not-found', { networkId: input.networkId })
      }
      if (input.clusterId !== undefined && !model.clusters.has(input.clusterId)) {
        return new AppError('cluster.not-found', { clusterId: input.clusterId })
      }
      return null
    },
    plan: (model, input) => {
      const hosts = hostsOf(model, input)
      return {
        locks: hosts.map(({ id }) => networksLock(id)),
        touches: [subjectOf(model, input), ...hosts.map(({ id, name }) => ({ kind: 'host' as const, id, name }))],
        steps: hosts.flatMap(setupDrafts),
      }
    },
    afterCrash: 'undo',
    steps: createSetupSteps(dependencies, { wishFor: (_, hostId) => store.wishOf(hostId) }),
    output: ({ results }) => ({ hostIds: settledHosts(results) }),
  }
}

/** The hosts whose last step has come to its end. */
export function settledHosts(results: Readonly<Record<string, unknown>>): HostId[] {
  return Object.entries(results).flatMap(([id, result]) =>
    id.startsWith('store-') && result !== null ? [id.slice('store-'.length) as HostId] : [],
  )
}

function subjectOf(model: ModelSnapshot, { hostId, networkId, clusterId }: Input): Subject {
  if (hostId !== undefined) return { kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId }
  if (networkId !== undefined)
    return { kind: 'network', id: networkId, name: model.networks.get(networkId)?.name ?? networkId }
  if (clusterId !== undefined)
    return { kind: 'cluster', id: clusterId, name: model.clusters.get(clusterId)?.name ?? clusterId }
  return { kind: 'system', id: 'system', name: '' }
}
