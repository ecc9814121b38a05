import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideNetworkRemove, networkSubject } from '../rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Removes a logical network that nothing uses, with its vNIC profiles. */
export function createNetworkRemove(dependencies: NetworkCommandDependencies): InstantHandler<'network.remove'> {
  const { store, profiles } = dependencies
  return {
    name: 'network.remove',
    subject: networkSubject,
    validate: (model, { networkId }) => decideNetworkRemove(model, networkId),
    locks: (_model, { networkId }) => [exclusive('networks'), exclusive(`network:${networkId}`)],
    execute: async ({ input: { networkId } }) => {
      const own = profiles.ofNetwork(networkId)
      await store.remove(networkId)
      for (const { id } of own) profiles.forget(id)
      return {}
    },
  }
}
