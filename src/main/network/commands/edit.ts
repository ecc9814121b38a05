import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { makeProfile } from '../make-network.ts'
import { decideNetworkEdit, networkSubject } from '../rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Changes a logical network. One that is for machines no more loses its vNIC profiles; one that becomes so gets a first one. */
export function createNetworkEdit(dependencies: NetworkCommandDependencies): InstantHandler<'network.edit'> {
  const { store, profiles, clock } = dependencies
  return {
    name: 'network.edit',
    subject: networkSubject,
    validate: decideNetworkEdit,
    locks: (_model, { networkId }) => [exclusive('networks'), exclusive(`network:${networkId}`)],
    auditParams: ({ networkId: _networkId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input: { networkId, revision, ...changes }, identity }) => {
      const { name, vmNetwork } = { ...store.get(networkId), ...definedOf(changes) }
      const own = profiles.ofNetwork(networkId)
      const added = vmNetwork && own.length === 0 ? [makeProfile(networkId, { name }, clock.now())] : []
      const removed = vmNetwork ? [] : own
      await store.edit(networkId, changes, { user: identity.user, base: revision }, { added, removed })
      if (store.get(networkId).vmNetwork !== vmNetwork) return { networkId }
      for (const profile of added) profiles.remember(profile)
      for (const { id } of removed) profiles.forget(id)
      return { networkId }
    },
  }
}

function definedOf<Changes extends object>(
  changes: Changes,
): { [Field in keyof Changes]?: NonNullable<Changes[Field]> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [Field in keyof Changes]?: NonNullable<Changes[Field]>
  }
}
