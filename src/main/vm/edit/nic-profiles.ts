import type { Vm, VmNic, VnicProfile } from '../../../shared/domain/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { lacksMeans } from '../../network/index.ts'
import { type NicProfileMark, readNicProfiles, withNicProfiles } from '../../xml/index.ts'
import { changeNic } from './change-devices.ts'

type Profile = Pick<VnicProfile, 'id' | 'revision' | 'filter' | 'qos'>
type Mark = NonNullable<VmNic['vnicProfile']>

/** The marks of a definition with another one for a card; null: it is so already. Throws XmlError. Pure. */
export function marksWith(xml: string, macAddress: string, profile: Mark | null): readonly NicProfileMark[] | null {
  const marks = readNicProfiles(xml)
  const address = macAddress.toLowerCase()
  const there = marks.find((mark) => mark.macAddress === address)
  if (there?.id === profile?.id && there?.revision === profile?.revision) return null
  const others = marks.filter((mark) => mark !== there)
  return profile === null ? others : [...others, { macAddress: address, id: profile.id, revision: profile.revision }]
}

/** What a profile says of a card. */
export const rulesOf = ({ filter, qos }: Profile) => ({ filter, qos })

/** A definition that says of a card which profile it has; null: none. Throws XmlError. Pure. */
export function markNic(xml: string, macAddress: string, profile: Mark | null): string {
  const marks = marksWith(xml, macAddress, profile)
  return marks === null ? xml : withNicProfiles(xml, marks)
}

/** A card that is not as its profile says now. */
interface NicBehind {
  readonly macAddress: string
  readonly profile: Profile
}

/** The cards of a definition whose profile was changed since. Of one that is gone nothing is known. Throws XmlError. Pure. */
export function nicsBehind(xml: string, model: Pick<ModelSnapshot, 'vnicProfiles'>): readonly NicBehind[] {
  return readNicProfiles(xml).flatMap(({ macAddress, id, revision }) => {
    const profile = profileBehind(model, { id, revision })
    return profile === null ? [] : [{ macAddress, profile }]
  })
}

/** Has a VM a card of which its host is not known to have what its profile says now? Pure. */
export function isBehind({ nics }: Pick<Vm, 'nics'>, model: Pick<ModelSnapshot, 'vnicProfiles'>): boolean {
  return nics.some(({ vnicProfile }) => vnicProfile !== undefined && profileBehind(model, vnicProfile) !== null)
}

function profileBehind({ vnicProfiles }: Pick<ModelSnapshot, 'vnicProfiles'>, { id, revision }: Mark): Profile | null {
  const profile = vnicProfiles.get(id)
  return profile === undefined || profile.revision === revision || lacksMeans(profile) !== null ? null : profile
}

/**
 * A definition whose cards are as their profiles say now. What somebody set beside a profile that was not changed stays, and so does every other
 * byte. Throws XmlError. Pure.
 */
export function takeUpProfiles(xml: string, model: Pick<ModelSnapshot, 'vnicProfiles'>): string {
  return nicsBehind(xml, model).reduce(
    (changed, { macAddress, profile }) =>
      markNic(changeNic(changed, macAddress, rulesOf(profile)), macAddress, profile),
    xml,
  )
}
