import type { NetworkId, Vm, VnicProfile, VnicProfileDefinition, VnicProfileId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { findNetwork, REFERENCES_NAMED, referToVm } from './rules.ts'

/** Filters of libvirt that drop frames from an address that is not the card's own. */
const GUARDS_MAC: ReadonlySet<string> = new Set([
  'no-mac-spoofing',
  'no-arp-mac-spoofing',
  'clean-traffic',
  'clean-traffic-gateway',
])

/** What the audit calls a profile. */
export function profileSubject(model: ModelSnapshot, { vnicProfileId }: { readonly vnicProfileId: VnicProfileId }) {
  const name = model.vnicProfiles.get(vnicProfileId)?.name ?? vnicProfileId
  return { kind: 'vnic-profile', id: vnicProfileId, name } as const
}

/** The profile, or vnic-profile.not-found. */
export function findProfile(model: ModelSnapshot, vnicProfileId: VnicProfileId): VnicProfile | AppError {
  return model.vnicProfiles.get(vnicProfileId) ?? new AppError('vnic-profile.not-found', { vnicProfileId })
}

/** The profile of that name on a network, whatever its case, other than `except`. */
export function findProfileNamed(
  model: ModelSnapshot,
  networkId: NetworkId,
  name: string,
  except?: VnicProfileId,
): VnicProfile | undefined {
  return model.vnicProfiles.where('name', name).find((one) => one.networkId === networkId && one.id !== except)
}

/** Is a name free on a network that is for machines? Null: yes. */
export function decideProfileName(
  model: ModelSnapshot,
  networkId: NetworkId,
  name: string | undefined,
  except?: VnicProfileId,
): AppError | null {
  const network = findNetwork(model, networkId)
  if (network instanceof AppError) return network
  if (name === undefined || findProfileNamed(model, networkId, name, except) === undefined) return null
  return new AppError('vnic-profile.name-taken', { name, networkName: network.name }, { subject: name })
}

/** The machines with a network card of a profile, now or from their next start on. Pure. */
export function machinesWith(model: Pick<ModelSnapshot, 'vms'>, vnicProfileId: VnicProfileId): readonly Vm[] {
  return [...model.vms.values()].filter(
    ({ nics, pending }) =>
      nics.some(({ vnicProfile }) => vnicProfile?.id === vnicProfileId) ||
      pending.some(({ what, next }) => what === 'vnicProfile' && next === vnicProfileId),
  )
}

/** May a profile be removed? Refused with the machines that have a network card of it. Null: yes. Pure. */
export function decideProfileRemove(model: ModelSnapshot, vnicProfileId: VnicProfileId): AppError | null {
  const profile = findProfile(model, vnicProfileId)
  if (profile instanceof AppError) return profile
  const { name } = profile
  const users = machinesWith(model, vnicProfileId)
  if (users.length === 0) return null
  const references = users.slice(0, REFERENCES_NAMED).map(referToVm)
  return new AppError('vnic-profile.in-use', { name, count: users.length, references }, { subject: name })
}

/**
 * Why no card is given such a profile; null: it can be. libvirt has no port mirroring on a bridge, and which virtual function of which
 * NIC a card would be, nobody chooses: a card that lacks what its profile promises is worse than none. Pure.
 */
export function lacksMeans({
  name,
  passthrough,
  portMirroring,
}: Pick<VnicProfile, 'name' | 'passthrough' | 'portMirroring'>): AppError | null {
  const setting = passthrough ? 'passthrough' : portMirroring ? 'portMirroring' : null
  return setting === null ? null : new AppError('vnic-profile.not-carried-out', { name, setting }, { subject: name })
}

/** Do a profile's settings go together? Null: yes. Pure. */
export function decideProfileSettings(
  profile: Pick<
    VnicProfileDefinition,
    'name' | 'portMirroring' | 'filter' | 'passthrough' | 'qos' | 'macSpoofing' | 'trunk'
  >,
): AppError | null {
  const { name, portMirroring, filter, passthrough, qos, macSpoofing } = profile
  const isLimited = qos.inbound !== null || qos.outbound !== null
  if (passthrough && (portMirroring || filter !== null || isLimited)) {
    return new AppError('vnic-profile.passthrough-alone', { name }, { subject: name })
  }
  if (macSpoofing && filter !== null && GUARDS_MAC.has(filter)) {
    return new AppError('vnic-profile.filter-contradicts', { name, filter }, { subject: name })
  }
  return null
}

/** The filter of a new profile for which none was named: libvirt's guard, where nothing speaks against it. Pure. */
export function decideFilter(
  given: string | null | undefined,
  { macSpoofing, passthrough }: Pick<VnicProfileDefinition, 'macSpoofing' | 'passthrough'>,
  otherwise: string,
): string | null {
  if (given !== undefined) return given
  return macSpoofing || passthrough ? null : otherwise
}
