import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { findProfile, profileSubject } from '../profile-rules.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Removes a vNIC profile. */
export function createVnicProfileRemove(
  dependencies: NetworkCommandDependencies,
): InstantHandler<'vnic-profile.remove'> {
  const { profiles } = dependencies
  return {
    name: 'vnic-profile.remove',
    subject: profileSubject,
    validate: (model, { vnicProfileId }) => {
      const profile = findProfile(model, vnicProfileId)
      return profile instanceof AppError ? profile : null
    },
    locks: (_model, { vnicProfileId }) => [exclusive('vnic-profiles'), exclusive(`vnic-profile:${vnicProfileId}`)],
    execute: async ({ input: { vnicProfileId } }) => {
      await profiles.remove(vnicProfileId)
      return {}
    },
  }
}
