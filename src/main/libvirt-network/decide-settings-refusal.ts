import {
  type IpSettings,
  isInSubnet,
  LIBVIRT_NETWORK_MODES,
  parseIpAddress,
  subnetOf,
  subnetsOverlap,
} from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { decideDhcpRefusal } from './decide-dhcp-refusal.ts'
import type { ToldNetwork } from './fetch-networks.ts'
import type { HostSurroundings } from './host-surroundings.ts'
import type { WantedNetwork } from './write-network.ts'

export interface SettingsQuestion {
  readonly name: string
  readonly hostName: string
  readonly wanted: WantedNetwork
  /** As it is; null: it is to be made. */
  readonly before: ToldNetwork | null
  /** The host's other networks. */
  readonly others: readonly ToldNetwork[]
  /** Null: nobody could ask the host. */
  readonly surroundings: HostSurroundings | null
}

/** Modes in which libvirt makes the bridge, and can give addresses on it. */
const OWN_BRIDGE: ReadonlySet<string> = new Set(LIBVIRT_NETWORK_MODES.filter((mode) => mode !== 'bridge'))

/** dnsmasq gives IPv6 addresses in subnets of at most 64 bits. */
const DHCPV6_SHORTEST = 64

/** Why a network cannot be as it is wanted. Null: it can. Pure. */
export function decideSettingsRefusal(question: SettingsQuestion): AppError | null {
  const { name, hostName, wanted, before, others } = question
  if (others.some((other) => other.name === name)) {
    return new AppError('libvirt-network.name-taken', { name, hostName }, { subject: name })
  }
  const isFixed = before !== null && !(OWN_BRIDGE.has(before.mode) && OWN_BRIDGE.has(wanted.mode))
  if (before !== null && isFixed && before.mode !== wanted.mode) {
    return new AppError('libvirt-network.mode-fixed', { name, from: before.mode, to: wanted.mode }, { subject: name })
  }
  return (
    decideModeRefusal(question) ??
    decideBridgeRefusal(question) ??
    decideIpRefusal(question, 4, wanted.ipv4) ??
    decideIpRefusal(question, 6, wanted.ipv6)
  )
}

function decideModeRefusal({ name, wanted }: SettingsQuestion): AppError | null {
  const { mode, ipv4, ipv6, dns } = wanted
  const refuse = (what: string) => new AppError('libvirt-network.not-with-mode', { mode, what }, { subject: name })
  if (!OWN_BRIDGE.has(mode)) {
    if (mode === 'bridge' && wanted.bridgeName === null) {
      return new AppError('libvirt-network.needs-bridge', { name }, { subject: name })
    }
    if (ipv4 !== null || ipv6 !== null) return refuse('address')
    if (wanted.domainName !== null) return refuse('domainName')
    if (!dns.isEnabled || dns.hosts.length > 0 || dns.forwarders.length > 0) return refuse('dns')
    if (wanted.mtu !== null) return refuse('mtu')
  }
  if (mode !== 'nat' && mode !== 'route' && OWN_BRIDGE.has(mode) && wanted.forwardDevice !== null) {
    return refuse('forwardDevice')
  }
  if (mode !== 'nat' && wanted.natIpv6) return refuse('natIpv6')
  if ((mode === 'nat' || mode === 'route') && ipv4 === null && ipv6 === null) {
    return new AppError('libvirt-network.needs-address', { mode }, { subject: name })
  }
  const isEmpty = dns.forwarders.some(({ address, domain }) => address === null && domain === null)
  return isEmpty ? new AppError('libvirt-network.forwarder-empty', { name }, { subject: name }) : null
}

function decideBridgeRefusal({ wanted, before, others, hostName, surroundings }: SettingsQuestion): AppError | null {
  const { bridgeName, mode } = wanted
  if (bridgeName === null || bridgeName === before?.bridgeName) return null
  if (mode === 'bridge') {
    if (surroundings === null || surroundings.bridges.has(bridgeName)) return null
    return new AppError('libvirt-network.bridge-missing', { bridgeName, hostName })
  }
  const other = others.find((each) => each.bridgeName === bridgeName)
  if (other === undefined && surroundings?.devices.has(bridgeName) !== true) return null
  return new AppError('libvirt-network.bridge-taken', { bridgeName, hostName, by: other?.name ?? '' })
}

function decideIpRefusal(question: SettingsQuestion, family: 4 | 6, ip: IpSettings | null): AppError | null {
  if (ip === null) return null
  const { address, prefix } = ip
  if (parseIpAddress(address)?.family !== family)
    return new AppError('libvirt-network.wrong-family', { address, family })
  const longest = family === 4 ? 30 : 126
  const subnet = subnetOf(address, prefix)
  if (subnet === null || prefix > longest) {
    return new AppError('libvirt-network.prefix-too-long', { prefix, longest })
  }
  if (family === 6 && ip.dhcp !== null && prefix < DHCPV6_SHORTEST) {
    return new AppError('libvirt-network.prefix-too-short', { prefix, shortest: DHCPV6_SHORTEST })
  }
  const text = `${address}/${prefix}`
  const own = subnetOf(address, family === 4 ? 32 : 128)
  if (own !== null && family === 4 && (own.first === subnet.first || own.first === subnet.last)) {
    return new AppError('libvirt-network.address-not-usable', { address, subnet: text })
  }
  return decideOverlap(question, text, subnet) ?? decideDhcpRefusal(ip, { family, text, subnet })
}

function decideOverlap(
  { others, before, surroundings, hostName, wanted }: SettingsQuestion,
  text: string,
  subnet: NonNullable<ReturnType<typeof subnetOf>>,
): AppError | null {
  for (const other of others) {
    const taken = [
      ...[other.ipv4, other.ipv6].flatMap((ip) => (ip === null ? [] : `${ip.address}/${ip.prefix}`)),
      ...other.otherAddresses,
    ]
    for (const otherSubnet of taken) {
      const [address = '', prefix] = otherSubnet.split('/')
      const parsed = subnetOf(address, Number(prefix))
      if (parsed === null || !subnetsOverlap(parsed, subnet)) continue
      return new AppError('libvirt-network.subnet-overlaps', { subnet: text, other: other.name, otherSubnet })
    }
  }
  const own = new Set([before?.bridgeName, wanted.bridgeName])
  for (const { device, address, prefix } of surroundings?.addresses ?? []) {
    // Bridges of the host's networks have been looked at above, with their names.
    if (own.has(device) || others.some(({ bridgeName }) => bridgeName === device)) continue
    const host = subnetOf(address, prefix)
    const single = subnetOf(address, address.includes(':') ? 128 : 32)
    const isIn = single !== null && isInSubnet(subnet, { family: single.family, value: single.first })
    if (!isIn && (host === null || !subnetsOverlap(host, subnet))) continue
    const params = { subnet: text, hostName, device, address: `${address}/${prefix}` }
    return new AppError('libvirt-network.subnet-on-host', params)
  }
  return null
}
