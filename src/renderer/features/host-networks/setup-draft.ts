import type { CommandInput } from '../../../shared/contract/index.ts'
import type { BondWish, HostNetworks, NetworkAttachment, NetworkId } from '../../../shared/domain/index.ts'
import type { Addresses } from './address-form.ts'

/** How a host's networks are to be: what is there, as far as it is wished, with what a person moved. */
export interface SetupDraft {
  readonly attachments: readonly NetworkAttachment[]
  readonly bonds: readonly BondWish[]
}

/** Bond modes that the page proposes; others are shown as the host has them. */
const FIRST_MODE: BondWish['mode'] = 'active-backup'

/** What a person begins with: the host as it is wished now. Pure. */
export function draftOf({ attachments, bonds }: Pick<HostNetworks, 'attachments' | 'bonds'>): SetupDraft {
  return {
    attachments: attachments.map(({ networkId, nic, ipv4, ipv6, dns }) => ({ networkId, nic, ipv4, ipv6, dns })),
    bonds: bonds.map(({ name, mode, nics, options }) => ({ name, mode: mode as BondWish['mode'], nics, options })),
  }
}

const NO_ADDRESS: Addresses = { ipv4: { method: 'none' }, ipv6: { method: 'none' }, dns: [] }

/** A network goes to a NIC or bond; one that is attached moves there with its addresses, another one has `addresses` there. Pure. */
export function attachNetwork(
  draft: SetupDraft,
  networkId: NetworkId,
  nic: string,
  addresses: Addresses = NO_ADDRESS,
): SetupDraft {
  const known = draft.attachments.find((one) => one.networkId === networkId)
  if (known?.nic === nic) return draft
  const { ipv4, ipv6, dns } = addresses
  const fresh: NetworkAttachment = { networkId, nic, ipv4, ipv6, dns }
  if (known === undefined) return { ...draft, attachments: [...draft.attachments, fresh] }
  return { ...draft, attachments: draft.attachments.map((one) => (one === known ? { ...one, nic } : one)) }
}

/** A network is taken off the host. Pure. */
export function detachNetwork(draft: SetupDraft, networkId: NetworkId): SetupDraft {
  return { ...draft, attachments: draft.attachments.filter((one) => one.networkId !== networkId) }
}

/** A network's addresses on the host. Pure. */
export function setAddresses(draft: SetupDraft, networkId: NetworkId, addresses: Addresses): SetupDraft {
  const attachments = draft.attachments.map((one) => (one.networkId === networkId ? { ...one, ...addresses } : one))
  return { ...draft, attachments }
}

/** Two NICs become a bond, or a NIC joins one; the networks of both go to the bond. `taken`: names that are in use. Pure. */
export function bondNics(draft: SetupDraft, nic: string, target: string, taken: ReadonlySet<string>): SetupDraft {
  if (nic === target || draft.bonds.some(({ nics }) => nics.includes(nic))) return draft
  const known = draft.bonds.find(({ name, nics }) => name === target || nics.includes(target))
  const name = known?.name ?? freeBondName(draft, taken)
  const bonds =
    known === undefined
      ? [...draft.bonds, { name, mode: FIRST_MODE, nics: [target, nic], options: {} }]
      : draft.bonds.map((bond) => (bond === known ? { ...bond, nics: [...bond.nics, nic] } : bond))
  const moved = new Set([nic, target])
  const attachments = draft.attachments.map((one) => (moved.has(one.nic) ? { ...one, nic: name } : one))
  return { attachments, bonds }
}

/** A NIC leaves its bond. The last one takes the bond with it, and has its networks. Pure. */
export function unbondNic(draft: SetupDraft, nic: string): SetupDraft {
  const bond = draft.bonds.find(({ nics }) => nics.includes(nic))
  if (bond === undefined) return draft
  const nics = bond.nics.filter((one) => one !== nic)
  if (nics.length > 0) {
    return { ...draft, bonds: draft.bonds.map((one) => (one === bond ? { ...bond, nics } : one)) }
  }
  return {
    bonds: draft.bonds.filter((one) => one !== bond),
    attachments: draft.attachments.map((one) => (one.nic === bond.name ? { ...one, nic } : one)),
  }
}

/** How a bond spreads its traffic. Pure. */
export function setBondMode(draft: SetupDraft, name: string, mode: BondWish['mode']): SetupDraft {
  return { ...draft, bonds: draft.bonds.map((bond) => (bond.name === name ? { ...bond, mode } : bond)) }
}

/** What a person changed, as the commands take it; null: nothing. Pure. */
export function changesOf(base: HostNetworks, draft: SetupDraft): CommandInput<'host.setup-networks'> | null {
  const was = draftOf(base)
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const attachments = draft.attachments.filter(
    (one) =>
      !isSame(
        one,
        was.attachments.find(({ networkId }) => networkId === one.networkId),
      ),
  )
  const bonds = draft.bonds.filter(
    (one) =>
      !isSame(
        one,
        was.bonds.find(({ name }) => name === one.name),
      ),
  )
  const networkIds = was.attachments
    .map(({ networkId }) => networkId)
    .filter((id) => draft.attachments.every(({ networkId }) => networkId !== id))
  const goneBonds = was.bonds.map(({ name }) => name).filter((name) => draft.bonds.every((bond) => bond.name !== name))
  if (attachments.length + bonds.length + networkIds.length + goneBonds.length === 0) return null
  return {
    hostId: base.id,
    attachments: attachments.map((one) => ({ ...one, dns: [...one.dns] })),
    bonds: bonds.map((one) => ({ ...one, nics: [...one.nics] })),
    removed: { networkIds, bonds: goneBonds },
  }
}

function freeBondName({ bonds }: SetupDraft, taken: ReadonlySet<string>): string {
  for (let index = 0; ; index += 1) {
    const name = `bond${index}`
    if (!taken.has(name) && bonds.every((bond) => bond.name !== name)) return name
  }
}
