import type { ParsedInput } from '../../../shared/contract/index.ts'
import { DEFAULT_FILTER, type VnicProfileDefinition } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler } from '../../engine/index.ts'
import {
  decideFilter,
  decideProfileName,
  decideProfileSettings,
  findProfile,
  profileSubject,
} from '../profile-rules.ts'
import type { VnicProfileChanges } from '../vnic-profile-store.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** Changes a vNIC profile. Where it allows forged addresses now, the filter against them goes, unless one was named. */
export function createVnicProfileEdit(dependencies: NetworkCommandDependencies): InstantHandler<'vnic-profile.edit'> {
  const { profiles } = dependencies
  return {
    name: 'vnic-profile.edit',
    subject: profileSubject,
    validate: (model, input) => {
      const profile = findProfile(model, input.vnicProfileId)
      if (profile instanceof AppError) return profile
      return (
        decideProfileName(model, profile.networkId, input.name, profile.id) ??
        decideProfileSettings(editedProfile(profile, input))
      )
    },
    locks: (_model, { vnicProfileId }) => [exclusive('vnic-profiles'), exclusive(`vnic-profile:${vnicProfileId}`)],
    auditParams: ({ vnicProfileId: _vnicProfileId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input, identity }) => {
      const { vnicProfileId, revision } = input
      const profile = profiles.records.get(vnicProfileId)
      if (profile === undefined) throw new AppError('vnic-profile.not-found', { vnicProfileId })
      await profiles.edit(vnicProfileId, changesOf(profile, input), { user: identity.user, base: revision })
      return { vnicProfileId }
    },
  }
}

function editedProfile<Profile extends VnicProfileDefinition>(
  profile: Profile,
  input: ParsedInput<'vnic-profile.edit'>,
): Profile {
  return { ...profile, ...(changesOf(profile, input) as Partial<VnicProfileDefinition>) }
}

function changesOf(profile: VnicProfileDefinition, input: ParsedInput<'vnic-profile.edit'>): VnicProfileChanges {
  const { vnicProfileId: _vnicProfileId, revision: _revision, ...given } = input
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const after: VnicProfileDefinition = { ...profile, ...changes }
  const opens = (one: VnicProfileDefinition) => one.macSpoofing || one.passthrough
  if (input.filter !== undefined || opens(profile) === opens(after)) return changes
  return { ...changes, filter: decideFilter(undefined, after, profile.filter ?? DEFAULT_FILTER) }
}
