import type { HostNetworks } from '../../../shared/domain/index.ts'
import type { AddressFacts, HostNetworkFacts, LinkFacts } from './host-facts.ts'
import { isNic } from './host-picture.ts'

type OwnAddress = NonNullable<HostNetworks['ownAddress']>

const DNS_MAX = 8

/**
 * How the NIC or bond with the address of our connection has its addresses, as a network that takes them over would have them. Null: that address is not
 * on a plain NIC or bond, or it is one of several, of which only one could be taken along. `keepsDns`: the host's network manager keeps DNS servers
 * with an address. Pure.
 */
export function findOwnAddress(facts: HostNetworkFacts, { keepsDns }: { keepsDns: boolean }): OwnAddress | null {
  const link = facts.links.find(({ addresses }) => addresses.some(({ address }) => address === facts.sshAddress))
  if (link === undefined || link.master !== null || !(isNic(link) || link.kind === 'bond')) return null
  const of = (family: AddressFacts['family']) => link.addresses.filter((each) => each.family === family)
  const [ipv4, ...moreIpv4] = of('ipv4')
  const [ipv6, ...moreIpv6] = of('ipv6')
  if (moreIpv4.length > 0 || moreIpv6.some(({ isDynamic }) => !isDynamic)) return null
  const isFixed = [ipv4, ipv6].some((one) => one !== undefined && !one.isDynamic)
  return {
    nic: link.name,
    ipv4: ipv4 === undefined ? { method: 'none' } : ipv4.isDynamic ? { method: 'dhcp' } : fixed(facts, link, ipv4),
    ipv6: ipv6 === undefined ? { method: 'none' } : ipv6.isDynamic ? { method: 'auto' } : fixed(facts, link, ipv6),
    dns: isFixed && keepsDns ? facts.dns.filter((server) => !isLoopback(server)).slice(0, DNS_MAX) : [],
  }
}

function fixed({ routes }: HostNetworkFacts, { name }: LinkFacts, { family, address, prefix }: AddressFacts) {
  const route = routes.find((each) => each.to === 'default' && each.family === family && each.interfaceName === name)
  return { method: 'static' as const, address, prefix, gateway: route?.gateway ?? null }
}

/** A resolver on the host itself asks others, which are its own affair. */
function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}
