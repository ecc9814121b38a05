import { isIPv6 } from 'node:net'

const GROUPS = 8
/** A network of IPv6 has 2^64 addresses, and who has one has them all. */
const NETWORK_GROUPS = 4

/**
 * Under which name an address's attempts are counted: an IPv4 address by itself, also where it is written as IPv6; of IPv6
 * its /64 network. Otherwise one computer could guess as often as it likes, each time from another address. Pure.
 */
export function attemptKeyOf(address: string): string {
  const [bare = ''] = address.split('%')
  const mapped = /^::ffff:(?<ipv4>\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.groups?.ipv4
  if (mapped !== undefined) return mapped
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::')
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'))
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')]
  const missing = tail === undefined ? 0 : GROUPS - first.length - last.length
  const groups = [...first, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...last]
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
