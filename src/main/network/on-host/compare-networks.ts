import type {
  HostAttachment,
  Ipv4Configuration,
  Ipv6Configuration,
  NetworkAttachment,
  NetworkDifference,
  NetworkId,
} from '../../../shared/domain/index.ts'
import type { HostNetworkFacts, LinkFacts } from './host-facts.ts'
import {
  addressedInterface,
  DEFAULT_MTU_BYTES,
  type HostNetworkWish,
  type PlannedNetwork,
  vlanInterfaceName,
  type WantedInterface,
} from './wanted-interfaces.ts'

type Facts = Pick<HostNetworkFacts, 'links' | 'routes' | 'dns'>

/**
 * How what is wished stands to what is there, network by network and field by field. `keepsDns`: who keeps the host's network writes its DNS servers
 * where they can be read. Networks that are not known are left out. Pure.
 */
export function compareNetworks(
  wish: HostNetworkWish,
  networks: ReadonlyMap<NetworkId, PlannedNetwork>,
  facts: Facts,
  keepsDns: boolean,
): readonly HostAttachment[] {
  const linkOf = (name: string) => facts.links.find((link) => link.name === name)
  return wish.attachments.flatMap((attachment) => {
    const network = networks.get(attachment.networkId)
    if (network === undefined) return []
    const base = linkOf(attachment.nic)
    const bond = wish.bonds.find(({ name }) => name === attachment.nic)
    const differences = [
      ...(base === undefined ? [{ field: 'nic', wanted: attachment.nic, actual: '' } as const] : []),
      ...(bond === undefined ? [] : compareBond(bond, base, facts.links)),
      ...compareLayers(attachment, network, facts),
      ...compareAddresses(attachment, network, facts, keepsDns),
    ]
    const isThere = linkOf(addressedInterface(network, attachment.nic)) !== undefined
    const status = !isThere ? 'missing' : differences.length === 0 ? 'in-sync' : 'out-of-sync'
    return [{ ...attachment, status, differences, linkUp: base?.linkUp === true }]
  })
}

function compareLayers(attachment: NetworkAttachment, network: PlannedNetwork, { links }: Facts): NetworkDifference[] {
  const { nic } = attachment
  const { vlanId, vmNetwork, bridgeName } = network
  const mtu = network.mtu ?? DEFAULT_MTU_BYTES
  const linkOf = (name: string) => links.find((link) => link.name === name)
  const differences: NetworkDifference[] = []
  const port = vlanId === null ? nic : vlanInterfaceName(nic, vlanId)
  const below = linkOf(port)
  if (vlanId !== null && (below?.vlanId !== vlanId || below.parent !== nic)) {
    const actual = below?.vlanId == null ? '' : `${below.vlanId} (${below.parent ?? ''})`
    differences.push({ field: 'vlan', wanted: `${vlanId} (${nic})`, actual })
  }
  const bridge = vmNetwork ? linkOf(bridgeName) : undefined
  if (vmNetwork && bridge?.kind !== 'bridge') differences.push({ field: 'bridge', wanted: bridgeName, actual: '' })
  else if (vmNetwork && below !== undefined && below.master !== bridgeName) {
    differences.push({ field: 'bridge', wanted: bridgeName, actual: below.master ?? '' })
  }
  // What is below may have more, for other networks on it.
  const [top, base] = [linkOf(addressedInterface(network, nic)), linkOf(nic)]
  const isTopBase = top?.name === base?.name
  const wrong = [
    isTopBase || top === undefined || top.mtu === mtu ? null : top,
    base === undefined || base.mtu >= mtu ? null : base,
  ]
  const [first] = wrong.filter((each) => each !== null)
  if (first !== undefined) differences.push({ field: 'mtu', wanted: `${mtu}`, actual: `${first.mtu}` })
  return differences
}

function compareAddresses(
  attachment: NetworkAttachment,
  network: PlannedNetwork,
  { links, routes, dns }: Facts,
  keepsDns: boolean,
): NetworkDifference[] {
  const name = addressedInterface(network, attachment.nic)
  const link = links.find((each) => each.name === name)
  if (link === undefined) return []
  const differences: NetworkDifference[] = []
  for (const family of ['ipv4', 'ipv6'] as const) {
    const wanted = attachment[family]
    const actual = link.addresses.filter((each) => each.family === family)
    const shown = actual.map(({ address, prefix }) => `${address}/${prefix}`).join(', ')
    if (!fits(wanted, actual)) differences.push({ field: family, wanted: showConfiguration(wanted), actual: shown })
    const gateway = wanted.method === 'static' ? wanted.gateway : null
    if (!gateway) continue
    const found = routes.filter(
      (route) => route.family === family && route.to === 'default' && route.interfaceName === name,
    )
    if (found.some((route) => sameAddress(route.gateway, gateway))) continue
    differences.push({
      field: 'gateway',
      wanted: gateway,
      actual: found.map((route) => route.gateway ?? '').join(', '),
    })
  }
  const missing = keepsDns && attachment.dns.some((server) => !dns.some((each) => sameAddress(each, server)))
  if (missing) differences.push({ field: 'dns', wanted: attachment.dns.join(', '), actual: dns.join(', ') })
  return differences
}

function fits(wanted: Ipv4Configuration | Ipv6Configuration, actual: LinkFacts['addresses']): boolean {
  const fixed = actual.filter(({ isDynamic }) => !isDynamic)
  // Router advertisements may give addresses beside a static one; what is fixed is somebody's wish.
  if (wanted.method === 'static') {
    const [first] = fixed
    return fixed.length === 1 && first?.prefix === wanted.prefix && sameAddress(first.address, wanted.address)
  }
  if (wanted.method === 'none') return fixed.length === 0
  return actual.length > 0
}

function showConfiguration(wanted: Ipv4Configuration | Ipv6Configuration): string {
  return wanted.method === 'static' ? `${wanted.address}/${wanted.prefix}` : wanted.method
}

/** IPv6 addresses are written in many ways; Node knows one. */
export function sameAddress(one: string | null, other: string): boolean {
  return one !== null && canonical(one) === canonical(other)
}

function canonical(address: string): string {
  if (!address.includes(':')) return address
  return URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`).hostname : address
}

function compareBond(
  { name, mode, nics, options }: HostNetworkWish['bonds'][number],
  link: LinkFacts | undefined,
  links: readonly LinkFacts[],
): NetworkDifference[] {
  const inBond = links.filter(({ master }) => master === name).map((each) => each.name)
  const wanted = describeBond(mode, nics, options)
  const known = Object.fromEntries(Object.keys(options).map((key) => [key, link?.bond?.options[key] ?? '']))
  const actual = link?.bond == null ? '' : describeBond(link.bond.mode, inBond, known)
  return wanted === actual ? [] : [{ field: 'bond', wanted, actual }]
}

function describeBond(mode: string, nics: readonly string[], options: Readonly<Record<string, string>>): string {
  const told = Object.entries(options)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([key, value]) => `${key}=${value}`)
  return [mode, nics.toSorted().join('+'), ...told].join(' ')
}

/** Interfaces that are not there as they are wanted, or whose address is another one. Pure. */
export function findDeviating(wanted: readonly WantedInterface[], { links, routes }: Facts): readonly string[] {
  return wanted.filter((each) => !isAsWanted(each, links, routes)).map(({ name }) => name)
}

function isAsWanted(wanted: WantedInterface, links: readonly LinkFacts[], routes: Facts['routes']): boolean {
  const link = links.find(({ name }) => name === wanted.name)
  if (link === undefined || !link.isUp) return false
  if (wanted.kind !== 'nic' && link.kind !== wanted.kind) return false
  if (wanted.mtu !== null && link.mtu !== wanted.mtu) return false
  if (wanted.keepsOwn) return true
  if (wanted.vlan !== null && (link.vlanId !== wanted.vlan.id || link.parent !== wanted.vlan.parent)) return false
  if (link.master !== (wanted.master?.name ?? null)) return false
  if (wanted.bond !== null && compareBond({ name: wanted.name, ...wanted.bond }, link, links).length > 0) return false
  return (['ipv4', 'ipv6'] as const).every((family) => {
    const configuration = wanted[family]
    if (
      !fits(
        configuration,
        link.addresses.filter((each) => each.family === family),
      )
    )
      return false
    const gateway = configuration.method === 'static' ? configuration.gateway : null
    if (!gateway) return true
    return routes.some(
      (route) => route.to === 'default' && route.interfaceName === wanted.name && sameAddress(route.gateway, gateway),
    )
  })
}
