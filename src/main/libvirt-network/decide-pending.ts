import type { IpSettings, NetworkPending } from '../../shared/domain/index.ts'
import type { NetworkDefinition } from '../xml/index.ts'

type Settings = Omit<NetworkDefinition, 'uuid' | 'name' | 'otherAddresses'>
const PLAIN = ['mode', 'forwardDevice', 'domainName', 'mtu', 'natIpv6'] as const

/** What of a running network's definition (`next`) is another one than as it runs. Pure. */
export function decidePending(running: Settings, next: Settings): NetworkPending[] {
  const pending: NetworkPending[] = PLAIN.filter((field) => running[field] !== next[field])
  // Where none is asked for, libvirt takes a name of its own when it starts.
  if (next.bridgeName !== null && running.bridgeName !== next.bridgeName) pending.push('bridgeName')
  for (const family of ['ipv4', 'ipv6'] as const) {
    const [now, then] = [running[family], next[family]]
    const isSame = now?.address === then?.address && now?.prefix === then?.prefix
    if (!isSame || (now?.dhcp == null) !== (then?.dhcp == null)) pending.push(family)
  }
  if (!sameSets(rangesOf(running), rangesOf(next))) pending.push('dhcpRanges')
  if (!sameSets(leasesOf(running), leasesOf(next))) pending.push('dhcpHosts')
  if (running.dns.isEnabled !== next.dns.isEnabled) pending.push('dns')
  else if (!sameSets(running.dns.forwarders, next.dns.forwarders)) pending.push('dns')
  if (!sameSets(running.dns.hosts, next.dns.hosts)) pending.push('dnsHosts')
  return pending
}

function rangesOf({ ipv4, ipv6 }: Settings): readonly unknown[] {
  return [ipv4, ipv6].flatMap((ip: IpSettings | null) => ip?.dhcp?.ranges ?? [])
}

function leasesOf({ ipv4, ipv6 }: Settings): readonly unknown[] {
  return [ipv4, ipv6].flatMap((ip: IpSettings | null) => ip?.dhcp?.hosts ?? [])
}

/** libvirt puts what is added live where it likes: the order says nothing. */
function sameSets(one: readonly unknown[], other: readonly unknown[]): boolean {
  const texts = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort()
  return JSON.stringify(texts(one)) === JSON.stringify(texts(other))
}
