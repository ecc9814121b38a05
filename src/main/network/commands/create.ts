import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, shared } from '../../engine/index.ts'
import { decideBridgeName } from '../decide-bridge-name.ts'
import { makeNetwork, makeProfile } from '../make-network.ts'
import { decideNetworkNameFree, findNetworkNamed } from '../rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Creates a logical network; one for machines comes with a vNIC profile of its name. */
export function createNetworkCreate(dependencies: NetworkCommandDependencies): InstantHandler<'network.create'> {
  const { store, profiles, clock } = dependencies
  return {
    name: 'network.create',
    // Once it is there it is found by its name.
    subject: (model, { datacenterId, name }) => ({
      kind: 'network',
      id: findNetworkNamed(model, datacenterId, name)?.id ?? datacenterId,
      name,
    }),
    validate: (model, { datacenterId, name }) =>
      model.datacenters.has(datacenterId)
        ? decideNetworkNameFree(model, datacenterId, name)
        : new AppError('datacenter.not-found', { datacenterId }),
    // Shared: the datacenter is not removed meanwhile, and a cluster that comes is there or gets it not.
    locks: (_model, { datacenterId }) => [
      exclusive('networks'),
      shared('clusters'),
      shared(`datacenter:${datacenterId}`),
    ],
    auditParams: ({ vlanId, mtu }) => ({
      ...(vlanId === null ? {} : { vlanId }),
      ...(mtu === null ? {} : { mtu }),
    }),
    execute: async ({ input: { attachToAllClusters, ...given }, model }) => {
      const taken = new Set(store.ofDatacenter(given.datacenterId).map(({ bridgeName }) => bridgeName))
      const clusters = attachToAllClusters ? model().clusters.where('datacenterId', given.datacenterId) : []
      const network = makeNetwork(
        {
          ...given,
          bridgeName: decideBridgeName(given.name, taken),
          clusters: clusters.map(({ id }) => ({
            clusterId: id,
            required: false,
            roles: given.vmNetwork ? (['vm'] as const) : [],
          })),
        },
        clock.now(),
      )
      const own = given.vmNetwork ? [makeProfile(network.id, { name: given.name }, clock.now())] : []
      await store.save([network], {
        after: async ({ vnicProfiles }) => {
          for (const profile of own) await vnicProfiles.save(profile)
        },
      })
      for (const profile of own) profiles.remember(profile)
      return { networkId: network.id }
    },
  }
}
