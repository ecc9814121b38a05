import { DEFAULT_FILTER } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler, shared } from '../../engine/index.ts'
import { makeProfile } from '../make-network.ts'
import { decideFilter, decideProfileName, decideProfileSettings, findProfileNamed } from '../profile-rules.ts'
import { findNetwork } from '../rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Creates a vNIC profile on a network that is for machines. */
export function createVnicProfileCreate(
  dependencies: NetworkCommandDependencies,
): InstantHandler<'vnic-profile.create'> {
  const { profiles, clock } = dependencies
  return {
    name: 'vnic-profile.create',
    // Once it is there it is found by its name.
    subject: (model, { networkId, name }) => ({
      kind: 'vnic-profile',
      id: findProfileNamed(model, networkId, name)?.id ?? networkId,
      name,
    }),
    validate: (model, input) => {
      const network = findNetwork(model, input.networkId)
      if (network instanceof AppError) return network
      if (!network.vmNetwork) {
        return new AppError(
          'vnic-profile.network-without-vms',
          { name: input.name, networkName: network.name },
          { subject: network.name },
        )
      }
      return (
        decideProfileName(model, network.id, input.name) ??
        decideProfileSettings({ ...input, filter: decideFilter(input.filter, input, DEFAULT_FILTER) })
      )
    },
    // Shared: the network is not removed meanwhile, nor for machines no more.
    locks: (_model, { networkId }) => [exclusive('vnic-profiles'), shared(`network:${networkId}`)],
    execute: async ({ input: { networkId, ...given } }) => {
      const filter = decideFilter(given.filter, given, DEFAULT_FILTER)
      const profile = makeProfile(networkId, { ...given, filter }, clock.now())
      await profiles.add(profile)
      return { vnicProfileId: profile.id }
    },
  }
}
