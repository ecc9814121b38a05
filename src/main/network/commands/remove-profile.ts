import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideProfileRemove, profileSubject } from '../profile-rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Removes a vNIC profile that no machine has a network card of. */
export function createVnicProfileRemove(
  dependencies: NetworkCommandDependencies,
): InstantHandler<'vnic-profile.remove'> {
  const { profiles } = dependencies
  return {
    name: 'vnic-profile.remove',
    subject: profileSubject,
    validate: (model, { vnicProfileId }) => decideProfileRemove(model, vnicProfileId),
    locks: (_model, { vnicProfileId }) => [exclusive('vnic-profiles'), exclusive(`vnic-profile:${vnicProfileId}`)],
    execute: async ({ input: { vnicProfileId } }) => {
      await profiles.remove(vnicProfileId)
      return {}
    },
  }
}
