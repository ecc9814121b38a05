import type { IpSettings } from '../../shared/domain/index.ts'
import { type NetworkDefinition, renderPart, type XmlPart } from '../xml/index.ts'
import { dnsHostPart, leasePart } from './write-network.ts'

/** One call of `virNetworkUpdate`: https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkUpdate */
export interface LiveUpdate {
  readonly command: 'add' | 'delete'
  readonly section: 'dhcp-range' | 'dhcp-host' | 'dns-host'
  /** Which `<ip>` of the running definition it is in; -1: the first that fits. */
  readonly parentIndex: number
  readonly xml: string
}

type Settings = Pick<NetworkDefinition, 'ipv4' | 'ipv6' | 'dns'>

/**
 * What brings a running network nearer to its definition without starting it anew. The rest stays pending. Where the host's own
 * address there, or whether there is DHCP at all, changes, nothing of that family can be changed live. Pure.
 */
export function decideLiveUpdates(running: Settings, next: Settings): LiveUpdate[] {
  const updates: LiveUpdate[] = []
  for (const family of ['ipv4', 'ipv6'] as const) {
    const [now, then] = [running[family], next[family]]
    if (now?.dhcp == null || then?.dhcp == null) continue
    if (now.address !== then.address || now.prefix !== then.prefix) continue
    updates.push(...updateDhcp(family === 'ipv4' || running.ipv4 === null ? 0 : 1, now.dhcp, then.dhcp))
  }
  if (running.dns.isEnabled && next.dns.isEnabled) {
    const { removed, added } = compare(running.dns.hosts, next.dns.hosts)
    for (const host of removed) updates.push(update('delete', 'dns-host', -1, dnsHostPart(host)))
    for (const host of added) updates.push(update('add', 'dns-host', -1, dnsHostPart(host)))
  }
  return updates
}

type Dhcp = NonNullable<IpSettings['dhcp']>

function updateDhcp(parentIndex: number, now: Dhcp, next: Dhcp): LiveUpdate[] {
  const ranges = compare(now.ranges, next.ranges)
  const hosts = compare(now.hosts, next.hosts)
  const rangePart = ({ start, end }: Dhcp['ranges'][number]) => ({ name: 'range', attributes: { start, end } })
  // What goes frees addresses and names for what comes.
  return [
    ...hosts.removed.map((lease) => update('delete', 'dhcp-host', parentIndex, leasePart(lease))),
    ...ranges.removed.map((range) => update('delete', 'dhcp-range', parentIndex, rangePart(range))),
    ...ranges.added.map((range) => update('add', 'dhcp-range', parentIndex, rangePart(range))),
    ...hosts.added.map((lease) => update('add', 'dhcp-host', parentIndex, leasePart(lease))),
  ]
}

function update(
  command: LiveUpdate['command'],
  section: LiveUpdate['section'],
  parentIndex: number,
  part: XmlPart,
): LiveUpdate {
  return { command, section, parentIndex, xml: renderPart(part) }
}

function compare<Item>(now: readonly Item[], next: readonly Item[]): { removed: Item[]; added: Item[] } {
  const [had, wanted] = [new Set(now.map(textOf)), new Set(next.map(textOf))]
  return {
    removed: now.filter((item) => !wanted.has(textOf(item))),
    added: next.filter((item) => !had.has(textOf(item))),
  }
}

function textOf(item: unknown): string {
  return JSON.stringify(item)
}
