import {
  type DhcpRange,
  type IpSettings,
  type IpSubnet,
  isInSubnet,
  parseIpAddress,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

interface Subnet {
  readonly family: 4 | 6
  /** "192.168.1.1/24", for texts. */
  readonly text: string
  readonly subnet: IpSubnet
}

/** Why DHCP cannot give these addresses in a subnet. Null: it can. Pure. */
export function decideDhcpRefusal({ address, dhcp }: IpSettings, place: Subnet): AppError | null {
  if (dhcp === null) return null
  return decideRangesRefusal(dhcp.ranges, place) ?? decideLeasesRefusal(dhcp.hosts, address, place)
}

function decideRangesRefusal(ranges: readonly DhcpRange[], { text, subnet }: Subnet): AppError | null {
  const seen: { readonly first: bigint; readonly last: bigint; readonly range: DhcpRange }[] = []
  for (const range of ranges) {
    const { start, end } = range
    const [first, last] = [parseIpAddress(start), parseIpAddress(end)]
    const isInside = first !== null && last !== null && isInSubnet(subnet, first) && isInSubnet(subnet, last)
    if (!isInside) return new AppError('libvirt-network.range-outside-subnet', { start, end, subnet: text })
    if (first.value > last.value) return new AppError('libvirt-network.range-backwards', { start, end })
    const other = seen.find((each) => each.first <= last.value && first.value <= each.last)?.range
    if (other !== undefined) {
      const params = { start, end, otherStart: other.start, otherEnd: other.end }
      return new AppError('libvirt-network.ranges-overlap', params)
    }
    seen.push({ first: first.value, last: last.value, range })
  }
  return null
}

type Leases = NonNullable<IpSettings['dhcp']>['hosts']

function decideLeasesRefusal(hosts: Leases, own: string, { family, text, subnet }: Subnet): AppError | null {
  const seen = new Set<string>([`address ${numberOf(own)}`])
  for (const { macAddress, clientId, name, address } of hosts) {
    const parsed = parseIpAddress(address)
    if (parsed === null || !isInSubnet(subnet, parsed)) {
      return new AppError('libvirt-network.lease-outside-subnet', { address, subnet: text })
    }
    // dnsmasq tells DHCPv6 clients by DUID or name; libvirt refuses a MAC address there.
    const isForSomebody = family === 4 ? macAddress !== null || name !== null : clientId !== null || name !== null
    if (!isForSomebody || (family === 6 && macAddress !== null)) {
      return new AppError('libvirt-network.lease-for-nobody', { address, family })
    }
    const keys = {
      mac: macAddress,
      'client-id': clientId,
      name: name?.toLowerCase() ?? null,
      address: numberOf(address),
    }
    for (const [what, value] of Object.entries(keys)) {
      if (value === null) continue
      const key = `${what} ${value}`
      if (seen.has(key))
        return new AppError('libvirt-network.lease-twice', { what, value: what === 'address' ? address : value })
      seen.add(key)
    }
  }
  return null
}

/** The same address may be written in several ways. */
function numberOf(address: string): string {
  return String(parseIpAddress(address)?.value ?? address)
}
