import { EXCLUSIVE_ROLES, type NetworkId, type NetworkRole } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { sameAddress } from './compare-networks.ts'
import type { HostNetworkFacts, LinkFacts } from './host-facts.ts'
import { findOurLinks, isNic } from './host-picture.ts'
import {
  addressedInterface,
  DEFAULT_MTU_BYTES,
  type HostNetworkWish,
  type PlannedNetwork,
  type WantedInterface,
} from './wanted-interfaces.ts'

/** What decides whether a wish can be carried out on a host. */
export interface RefusalInput {
  readonly hostName: string
  readonly clusterName: string
  readonly facts: HostNetworkFacts
  /** What was wished before, and what is to be. */
  readonly before: HostNetworkWish
  readonly wish: HostNetworkWish
  /** Interfaces that Virtdeck's files on the host configure. */
  readonly ours: ReadonlySet<string>
  readonly networks: ReadonlyMap<NetworkId, PlannedNetwork>
  /** What a network is for in the host's cluster; null: the cluster does not have it. */
  readonly rolesOf: (networkId: NetworkId) => readonly NetworkRole[] | null
  readonly wanted: readonly WantedInterface[]
  /** Interfaces that go. */
  readonly deleted: readonly string[]
  /** Interfaces that are set up anew. */
  readonly changed: readonly string[]
}

/** All that stands against it, what is most wrong first. Pure. */
export function decideRefusals(input: RefusalInput): readonly AppError[] {
  return [...decideNicRefusals(input), ...decideNetworkRefusals(input), ...decideHostRefusals(input)]
}

function decideNicRefusals({ hostName, facts, wish, networks }: RefusalInput): AppError[] {
  const refusals: AppError[] = []
  const nics = new Map(facts.links.filter(isNic).map((link) => [link.name, link]))
  const bonds = new Map(wish.bonds.map((bond) => [bond.name, bond]))
  const isBond = (name: string) =>
    bonds.has(name) || facts.links.some((link) => link.name === name && link.kind === 'bond')
  const taken = new Map<string, string>()
  for (const { name: bond, nics: wanted, options } of wish.bonds) {
    const isOther = facts.links.some((link) => link.name === bond && link.kind !== 'bond')
    if (wanted.length === 0) refusals.push(new AppError('network.bond-needs-nics', { hostName, bond }))
    if (isOther) refusals.push(new AppError('network.bridge-name-taken', { hostName, name: bond, bridge: bond }))
    const unknown = Object.keys(options).find((key) => !BOND_OPTIONS.has(key))
    if (unknown !== undefined)
      refusals.push(new AppError('network.bond-option-unknown', { hostName, bond, option: unknown }))
    for (const nic of wanted) {
      if (!nics.has(nic)) refusals.push(new AppError('network.nic-missing', { hostName, nic }))
      const other = taken.get(nic) ?? bondOf(nics.get(nic), facts, bonds, bond)
      if (other !== null && other !== undefined)
        refusals.push(new AppError('network.nic-in-bond', { hostName, nic, bond: other }))
      taken.set(nic, bond)
    }
  }
  const used = new Set(wish.attachments.filter(({ networkId }) => networks.has(networkId)).map(({ nic }) => nic))
  for (const nic of used) {
    const bond = taken.get(nic) ?? bondOf(nics.get(nic), facts, bonds, null)
    if (bond) refusals.push(new AppError('network.nic-in-bond', { hostName, nic, bond }))
    if (!nics.has(nic) && !isBond(nic)) refusals.push(new AppError('network.nic-missing', { hostName, nic }))
  }
  return refusals
}

/** What all managers have a word for. */
const BOND_OPTIONS: ReadonlySet<string> = new Set([
  'miimon',
  'updelay',
  'downdelay',
  'lacp_rate',
  'xmit_hash_policy',
  'ad_select',
  'fail_over_mac',
  'primary_reselect',
])

/** A bond of somebody else that a NIC is in. */
function bondOf(
  nic: LinkFacts | undefined,
  facts: HostNetworkFacts,
  bonds: ReadonlyMap<string, unknown>,
  own: string | null,
): string | null {
  const master = facts.links.find(({ name, kind }) => name === nic?.master && kind === 'bond')?.name ?? null
  return master === own || (master !== null && bonds.has(master)) ? null : master
}

function decideNetworkRefusals(input: RefusalInput): AppError[] {
  const { hostName, clusterName, facts, ours, wish, networks, rolesOf } = input
  const refusals: AppError[] = []
  const byNic = new Map<string, PlannedNetwork[]>()
  const seen = new Set<NetworkId>()
  const gateways = new Map<string, string>()
  for (const { networkId, nic, ipv4, ipv6 } of wish.attachments) {
    const network = networks.get(networkId)
    if (network === undefined) {
      refusals.push(new AppError('network.not-found', { networkId }))
      continue
    }
    const { name, vlanId, bridgeName, vmNetwork } = network
    if (seen.has(networkId)) refusals.push(new AppError('network.attached-twice', { hostName, name }))
    seen.add(networkId)
    const here = byNic.get(nic) ?? []
    byNic.set(nic, [...here, network])
    const same = here.find((each) => each.id !== networkId && each.vlanId === vlanId)
    if (same !== undefined && vlanId === null) {
      refusals.push(new AppError('network.second-untagged', { hostName, nic, name, other: same.name }))
    }
    if (same !== undefined && vlanId !== null) {
      refusals.push(new AppError('network.vlan-overlaps-on-nic', { hostName, nic, vlanId, name, other: same.name }))
    }
    const roles = rolesOf(networkId)
    if (roles === null) refusals.push(new AppError('network.not-in-cluster', { hostName, name, clusterName }))
    const role = EXCLUSIVE_ROLES.find((each) => roles?.includes(each) === true)
    if (role !== undefined && ipv4.method === 'none' && ipv6.method === 'none') {
      refusals.push(new AppError('network.role-needs-address', { hostName, name, role }))
    }
    const mtu = network.mtu ?? DEFAULT_MTU_BYTES
    const nicMtu = mtuLimit(nic, input)
    if (nicMtu !== null && mtu > nicMtu) {
      refusals.push(new AppError('network.mtu-over-nic', { hostName, nic, name, mtu, nicMtu }))
    }
    for (const [family, configuration] of Object.entries({ ipv4, ipv6 })) {
      if (configuration.method !== 'static' || !configuration.gateway) continue
      const { address, prefix, gateway } = configuration
      if (!isInSubnet(gateway, address, prefix)) {
        const subnet = `${address}/${prefix}`
        refusals.push(new AppError('network.gateway-outside-subnet', { hostName, name, gateway, subnet }))
      }
      const other = gateways.get(family)
      if (other !== undefined) refusals.push(new AppError('network.second-gateway', { hostName, name, gateway, other }))
      gateways.set(family, name)
    }
    const sameName = facts.links.find((link) => link.name === bridgeName)
    if (vmNetwork && sameName !== undefined && (sameName.kind !== 'bridge' || !ours.has(bridgeName))) {
      refusals.push(new AppError('network.bridge-name-taken', { hostName, name, bridge: bridgeName }))
    }
  }
  return refusals
}

/** Null: the kernel sets no limit. A NIC whose own configuration stays keeps its MTU, and what lies on it cannot have more. */
function mtuLimit(nic: string, { wish, wanted, facts }: RefusalInput): number | null {
  const members = wish.bonds.find(({ name }) => name === nic)?.nics ?? [nic]
  const limits = members.flatMap((name) => {
    const link = facts.links.find((each) => each.name === name)
    if (link === undefined) return []
    const isKept = wanted.some((each) => each.name === name && each.keepsOwn)
    const limit = isKept ? link.mtu : link.maxMtu
    return limit === null ? [] : [limit]
  })
  return limits.length === 0 ? null : Math.min(...limits)
}

function decideHostRefusals(input: RefusalInput): AppError[] {
  const { hostName, facts, before, wish, networks, wanted, deleted, changed } = input
  const refusals: AppError[] = []
  for (const name of deleted) {
    const machines = facts.links.filter(({ master, kind }) => master === name && kind === 'tun')
    const network = [...networks.values()].find(({ bridgeName }) => bridgeName === name)
    if (machines.length > 0) {
      refusals.push(
        new AppError('network.in-use', { name: network?.name ?? name, count: machines.length, references: [] }),
      )
    }
  }
  const { sshAddress } = facts
  const carriers = facts.links.filter(({ addresses }) => addresses.some(({ address }) => address === sshAddress))
  const lost = carriers.find(({ name }) => deleted.includes(name) || (changed.includes(name) && isTaken(name)))
  if (lost !== undefined && sshAddress !== null && !wanted.some(keepsAddress)) {
    const removed = before.attachments.find(({ networkId, nic }) => {
      const network = networks.get(networkId)
      const isGone = !wish.attachments.some((each) => each.networkId === networkId)
      return isGone && network !== undefined && addressedInterface(network, nic) === lost.name
    })
    const nic =
      removed?.nic ??
      [...findOurLinks(facts)].find((name) => facts.links.some((link) => link.name === name && isNic(link)))
    refusals.unshift(
      new AppError('network.carries-our-connection', { hostName, nic: nic ?? lost.name, address: sshAddress }),
    )
  }
  return refusals

  /** Given back to its own configuration it may keep its address: that is tried. */
  function isTaken(name: string): boolean {
    return wanted.some((each) => each.name === name && !each.keepsOwn)
  }

  /** By DHCP a bridge with the address of its NIC is given what the NIC had. */
  function keepsAddress({ ipv4, ipv6, macAddress, name }: WantedInterface): boolean {
    const isStatic = [ipv4, ipv6].some(
      (each) => each.method === 'static' && sameAddress(each.address, sshAddress ?? ''),
    )
    const hadDynamic = lost?.addresses.some(({ address, isDynamic }) => isDynamic && address === sshAddress) === true
    const sameCard = name === lost?.name || (macAddress !== null && macAddress === lost?.macAddress)
    return isStatic || (hadDynamic && sameCard && (ipv4.method === 'dhcp' || ipv6.method !== 'none'))
  }
}

/** Whether an address lies in the subnet of another one. Pure. */
export function isInSubnet(address: string, other: string, prefix: number): boolean {
  const [one, two] = [toBits(address), toBits(other)]
  return one !== null && two !== null && one.length === two.length && one.slice(0, prefix) === two.slice(0, prefix)
}

/** As a text of binary digits; null: no address. */
function toBits(address: string): string | null {
  const digits = (value: number, length: number) => value.toString(2).padStart(length, '0')
  if (!address.includes(':')) {
    const parts = address.split('.').map(Number)
    const isAddress = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255)
    return isAddress ? parts.map((part) => digits(part, 8)).join('') : null
  }
  if (!URL.canParse(`http://[${address}]`)) return null
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const filled = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...filled, ...last].map((group) => digits(Number.parseInt(group, 16), 16)).join('')
}
