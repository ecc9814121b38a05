import type { ParsedInput } from '../../../shared/contract/index.ts'
import { DEFAULT_FILTER, type Vm, type VmStatus, type VnicProfileDefinition } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type OperationHandler } from '../../engine/index.ts'
import {
  decideFilter,
  decideProfileName,
  decideProfileSettings,
  findProfile,
  lacksMeans,
  machinesWith,
  profileSubject,
} from '../profile-rules.ts'
import type { VnicProfileChanges } from '../vnic-profile-store.ts'
import type { NetworkCommandDependencies } from './dependencies.ts'

/** A machine that starts, moves or is saved right now takes it up later. */
const TOLD_STATUSES: ReadonlySet<VmStatus> = new Set([
  'up',
  'paused',
  'powering-up',
  'powering-down',
  'down',
  'suspended',
])

/**
 * Changes a vNIC profile. Where it allows forged addresses now, the filter against them goes, unless one was named. The machines that have it
 * take it up after it, rows of the same task; one whose host is away does so when it starts.
 */
export function createVnicProfileEdit(dependencies: NetworkCommandDependencies): OperationHandler<'vnic-profile.edit'> {
  const { profiles } = dependencies
  return {
    name: 'vnic-profile.edit',
    subject: profileSubject,
    validate: (model, input) => {
      const profile = findProfile(model, input.vnicProfileId)
      if (profile instanceof AppError) return profile
      const edited = editedProfile(profile, input)
      return (
        decideProfileName(model, profile.networkId, input.name, profile.id) ??
        decideProfileSettings(edited) ??
        (machinesWith(model, profile.id).length === 0 ? null : lacksMeans(edited))
      )
    },
    followedBy: (model, input) => {
      const profile = findProfile(model, input.vnicProfileId)
      if (profile instanceof AppError || !asksForOthers(profile, editedProfile(profile, input))) return []
      return machinesWith(model, profile.id)
        .filter(isTold)
        .map(({ id: vmId }) => ({ command: 'vm.sync-nics', input: { vmId } }))
    },
    plan: (model, input) => ({
      locks: [exclusive('vnic-profiles'), exclusive(`vnic-profile:${input.vnicProfileId}`)],
      touches: [profileSubject(model, input)],
      steps: [
        { action: 'store', text: { key: 'editing-profile', params: { profile: profileSubject(model, input).name } } },
      ],
    }),
    afterCrash: 'finish',
    auditParams: ({ vnicProfileId: _vnicProfileId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    steps: {
      store: {
        run: async ({ input, user }) => {
          const { vnicProfileId, revision } = input
          const profile = profiles.records.get(vnicProfileId)
          if (profile === undefined) throw new AppError('vnic-profile.not-found', { vnicProfileId })
          await profiles.edit(vnicProfileId, changesOf(profile, input), { user, base: revision })
          return null
        },
        inspect: async ({ input }) => {
          const profile = profiles.records.get(input.vnicProfileId)
          if (profile === undefined) return 'absent'
          return JSON.stringify(editedProfile(profile, input)) === JSON.stringify(profile) ? 'done' : 'absent'
        },
      },
    },
    output: ({ input: { vnicProfileId } }) => ({ vnicProfileId }),
  }
}

/** Can the host of a machine be told of it now? */
function isTold({ persistent, stale, status }: Vm): boolean {
  return persistent && !stale && TOLD_STATUSES.has(status)
}

/** Does an edited profile ask of network cards what it did not before? */
function asksForOthers(before: VnicProfileDefinition, after: VnicProfileDefinition): boolean {
  return before.filter !== after.filter || JSON.stringify(before.qos) !== JSON.stringify(after.qos)
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
