import {
  type BondWish,
  INTERFACE_NAME_LIMIT,
  type Ipv4Configuration,
  type Ipv6Configuration,
  type NetworkAttachment,
  type NetworkDefinition,
  type NetworkId,
} from '../../../shared/domain/index.ts'
import type { HostNetworkFacts } from './host-facts.ts'
import { isNic } from './host-picture.ts'

/** What a network without an MTU of its own has, bytes. */
export const DEFAULT_MTU_BYTES = 1_500

/** What is wished of a host's networks, as the inventory keeps it. */
export interface HostNetworkWish {
  readonly attachments: readonly NetworkAttachment[]
  readonly bonds: readonly BondWish[]
}

/** What a plan has to know of a logical network. */
export type PlannedNetwork = Pick<NetworkDefinition, 'id' | 'name' | 'vlanId' | 'mtu' | 'vmNetwork' | 'bridgeName'>

/** An interface as a host is to have it, whoever keeps its network. */
export interface WantedInterface {
  readonly name: string
  readonly kind: 'nic' | 'bond' | 'vlan' | 'bridge'
  /** Null: left as it is. */
  readonly mtu: number | null
  /** Of a NIC or bond below a bridge; of a NIC in a bond. */
  readonly master: { readonly kind: 'bond' | 'bridge'; readonly name: string } | null
  /** Of a VLAN interface. */
  readonly vlan: { readonly parent: string; readonly id: number } | null
  /** VLAN interfaces on it. */
  readonly vlans: readonly string[]
  readonly bond: Pick<BondWish, 'mode' | 'options' | 'nics'> | null
  /** A bridge has the address of what is below it, so that DHCP knows the host again. */
  readonly macAddress: string | null
  readonly ipv4: Ipv4Configuration
  readonly ipv6: Ipv6Configuration
  readonly dns: readonly string[]
  /** A NIC that only carries VLANs: what the host's own configuration gives it stays. */
  readonly keepsOwn: boolean
}

/** Whose configuration the NICs of a host are. */
export interface NicOwners {
  /** The host's own. */
  readonly ownConfigured: ReadonlySet<string>
  /** Interfaces that Virtdeck's files there configure. */
  readonly ours: ReadonlySet<string>
}

const NO_ADDRESSES = { ipv4: { method: 'none' }, ipv6: { method: 'none' }, dns: [] } as const

/** `eth0.20`, as everybody calls it; a short one where that is too long for Linux. Pure. */
export function vlanInterfaceName(parent: string, vlanId: number): string {
  const plain = `${parent}.${vlanId}`
  if (plain.length <= INTERFACE_NAME_LIMIT) return plain
  const tail = `.${vlanId}`
  // The end of a long name is what tells two ports of a card apart.
  return `v${parent.slice(-(INTERFACE_NAME_LIMIT - 1 - tail.length))}${tail}`
}

/** The interface that has a network's addresses on a host. Pure. */
export function addressedInterface(network: PlannedNetwork, nic: string): string {
  if (network.vmNetwork) return network.bridgeName
  return network.vlanId === null ? nic : vlanInterfaceName(nic, network.vlanId)
}

/**
 * All interfaces that a wish asks for, in the order in which they can be made: what others lie on comes first. Attachments of networks that are not
 * known are left out. A NIC that was
 * taken over stays so, and an address is moved from a NIC that has it to where it is wished. Pure.
 */
export function buildWantedInterfaces(
  wish: HostNetworkWish,
  networks: ReadonlyMap<NetworkId, PlannedNetwork>,
  { links }: Pick<HostNetworkFacts, 'links'>,
  { ownConfigured, ours }: NicOwners,
): readonly WantedInterface[] {
  const macOf = (name: string) => links.find((link) => link.name === name)?.macAddress || null
  const attached = wish.attachments.flatMap((attachment) => {
    const network = networks.get(attachment.networkId)
    return network === undefined ? [] : [{ attachment, network, mtu: network.mtu ?? DEFAULT_MTU_BYTES }]
  })
  const made = new Map<string, WantedInterface>()
  const add = (wanted: Partial<WantedInterface> & Pick<WantedInterface, 'name' | 'kind'>) =>
    made.set(wanted.name, {
      mtu: null,
      master: null,
      vlan: null,
      vlans: [],
      bond: null,
      macAddress: null,
      ...NO_ADDRESSES,
      keepsOwn: false,
      ...wanted,
    })
  const below = (nic: string) => attached.filter(({ attachment }) => attachment.nic === nic)
  const mtuOn = (nic: string) => below(nic).reduce<number | null>((most, { mtu }) => Math.max(most ?? 0, mtu), null)

  for (const { name, nics } of wish.bonds) {
    for (const nic of nics) add({ name: nic, kind: 'nic', mtu: mtuOn(name), master: { kind: 'bond', name } })
  }
  const bases = new Set([...wish.bonds.map(({ name }) => name), ...attached.map(({ attachment }) => attachment.nic)])
  const statics = new Set(
    attached.flatMap(({ attachment: { ipv4, ipv6 } }) =>
      [ipv4, ipv6].flatMap((each) => (each.method === 'static' ? [each.address as string] : [])),
    ),
  )
  const isMovedFrom = (name: string) =>
    links.some((link) => link.name === name && link.addresses.some(({ address }) => statics.has(address)))
  const members = new Set(wish.bonds.flatMap(({ nics }) => nics))
  for (const link of links.filter(isNic)) {
    const isOurs = ours.has(link.name) && !ownConfigured.has(link.name)
    if ((isOurs || isMovedFrom(link.name)) && !members.has(link.name)) bases.add(link.name)
  }
  for (const base of bases) {
    const bond = wish.bonds.find(({ name }) => name === base)
    const here = below(base)
    const untagged = here.find(({ network }) => network.vlanId === null)
    const tagged = here.flatMap(({ network: { vlanId } }) => (vlanId === null ? [] : [vlanInterfaceName(base, vlanId)]))
    const keepsOwn = untagged === undefined && ownConfigured.has(base) && !isMovedFrom(base)
    const hasAddresses = untagged !== undefined && !untagged.network.vmNetwork
    add({
      name: base,
      kind: bond === undefined ? 'nic' : 'bond',
      mtu: keepsOwn ? null : mtuOn(base),
      bond: bond === undefined ? null : { mode: bond.mode, options: bond.options, nics: bond.nics },
      master: untagged?.network.vmNetwork === true ? { kind: 'bridge', name: untagged.network.bridgeName } : null,
      vlans: tagged,
      ...(hasAddresses ? addressesOf(untagged.attachment) : {}),
      keepsOwn,
    })
  }
  for (const { attachment, network, mtu } of attached) {
    if (network.vlanId === null) continue
    add({
      name: vlanInterfaceName(attachment.nic, network.vlanId),
      kind: 'vlan',
      mtu,
      vlan: { parent: attachment.nic, id: network.vlanId },
      master: network.vmNetwork ? { kind: 'bridge', name: network.bridgeName } : null,
      ...(network.vmNetwork ? {} : addressesOf(attachment)),
    })
  }
  for (const { attachment, network, mtu } of attached) {
    if (!network.vmNetwork) continue
    const bond = wish.bonds.find(({ name }) => name === attachment.nic)
    add({
      name: network.bridgeName,
      kind: 'bridge',
      mtu,
      macAddress: macOf(bond?.nics[0] ?? attachment.nic),
      ...addressesOf(attachment),
    })
  }
  return [...made.values()]
}

function addressesOf({ ipv4, ipv6, dns }: NetworkAttachment): Pick<WantedInterface, 'ipv4' | 'ipv6' | 'dns'> {
  return { ipv4, ipv6, dns }
}
