import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import {
  type DhcpRange,
  dhcpRangeSchema,
  type IpSettings,
  ipSettingsSchema,
  type LibvirtNetwork,
  libvirtNetworkNameSchema,
  libvirtNetworkSettingsSchema,
  type NetworkDns,
  networkDnsSchema,
  type StaticLease,
  staticLeaseSchema,
} from '../../../shared/domain/index.ts'
import { formatRange, formatSubnet, isOwnMode } from './network-words.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i
const CLIENT_ID = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2})+$/i
const { bridgeName, domainName, mtu } = libvirtNetworkSettingsSchema.shape

const readable = <Value>(parse: (text: string) => Value | null, key: string) =>
  z.string().refine((text) => text.trim() === '' || parse(text) !== null, key)
const fits = (schema: z.ZodType) => (text: string) => (schema.safeParse(text.trim()).success ? text : null)

/** What is typed; lists have one entry a line. */
export const networkFormSchema = z.object({
  name: z.string().refine((text) => libvirtNetworkNameSchema.safeParse(text).success, 'local:form.nameWrong'),
  mode: z.string(),
  bridgeName: readable(fits(bridgeName), 'local:form.deviceWrong'),
  forwardDevice: readable(fits(bridgeName), 'local:form.deviceWrong'),
  ipv4: readable(parseSubnet, 'local:form.subnetWrong'),
  ranges4: readable(parseRanges, 'local:form.rangesWrong'),
  leases4: readable((text) => parseLeases(text, 4), 'local:form.leasesWrong'),
  ipv6: readable(parseSubnet, 'local:form.subnetWrong'),
  ranges6: readable(parseRanges, 'local:form.rangesWrong'),
  leases6: readable((text) => parseLeases(text, 6), 'local:form.leases6Wrong'),
  natIpv6: z.boolean(),
  domainName: readable(fits(domainName), 'local:form.domainWrong'),
  mtu: readable(parseMtu, 'local:form.mtuWrong'),
  hasDns: z.boolean(),
  forwarders: readable(parseForwarders, 'local:form.forwardersWrong'),
  dnsHosts: readable(parseDnsHosts, 'local:form.dnsHostsWrong'),
})
export type NetworkForm = z.infer<typeof networkFormSchema>

/** A new network, as most are: machines reach the world, and get their addresses. */
export const NEW_NETWORK: NetworkForm = {
  name: '',
  mode: 'nat',
  bridgeName: '',
  forwardDevice: '',
  ipv4: '192.168.100.1/24',
  ranges4: '192.168.100.128 - 192.168.100.254',
  leases4: '',
  ipv6: '',
  ranges6: '',
  leases6: '',
  natIpv6: false,
  domainName: '',
  mtu: '',
  hasDns: true,
  forwarders: '',
  dnsHosts: '',
}

type Changes = Omit<CommandInput<'libvirt-network.edit'>, 'hostId' | 'libvirtNetworkId'>

/** What the form says of a network that is there. Pure. */
export function formOf(network: LibvirtNetwork): NetworkForm {
  const { ipv4, ipv6, dns } = network
  const leases = (ip: IpSettings | null) => (ip?.dhcp?.hosts ?? []).map(formatLease).join('\n')
  const ranges = (ip: IpSettings | null) => (ip?.dhcp?.ranges ?? []).map(formatRange).join('\n')
  return {
    name: network.name,
    mode: network.mode,
    bridgeName: network.bridgeName ?? '',
    forwardDevice: network.forwardDevice ?? '',
    ipv4: ipv4 === null ? '' : formatSubnet(ipv4),
    ranges4: ranges(ipv4),
    leases4: leases(ipv4),
    ipv6: ipv6 === null ? '' : formatSubnet(ipv6),
    ranges6: ranges(ipv6),
    leases6: leases(ipv6),
    natIpv6: network.natIpv6,
    domainName: network.domainName ?? '',
    mtu: network.mtu === null ? '' : String(network.mtu),
    hasDns: dns.isEnabled,
    forwarders: dns.forwarders.map(({ address, domain }) => [domain, address].filter(Boolean).join(' ')).join('\n'),
    dnsHosts: dns.hosts.map(({ address, names }) => [address, ...names].join(' ')).join('\n'),
  }
}

/** What a person changed of `base`: what they left alone is not sent, and so stays as it is. Pure. */
export function changesOf(base: NetworkForm, form: NetworkForm): Changes {
  const differs = (...keys: readonly (keyof NetworkForm)[]) => keys.some((key) => form[key] !== base[key])
  const isOwn = isOwnMode(form.mode) && form.mode !== 'bridge'
  return {
    ...(differs('mode') && isOwnMode(form.mode) ? { mode: form.mode } : {}),
    ...(differs('bridgeName') ? { bridgeName: textOrNull(form.bridgeName) } : {}),
    ...(differs('forwardDevice') ? { forwardDevice: textOrNull(form.forwardDevice) } : {}),
    ...(differs('ipv4', 'ranges4', 'leases4') && isOwn ? { ipv4: ipOf(form.ipv4, form.ranges4, form.leases4, 4) } : {}),
    ...(differs('ipv6', 'ranges6', 'leases6') && isOwn ? { ipv6: ipOf(form.ipv6, form.ranges6, form.leases6, 6) } : {}),
    ...(differs('natIpv6') && form.mode === 'nat' ? { natIpv6: form.natIpv6 } : {}),
    ...(differs('domainName') ? { domainName: textOrNull(form.domainName) } : {}),
    ...(differs('mtu') ? { mtu: form.mtu.trim() === '' ? null : Number(form.mtu) } : {}),
    ...(differs('hasDns', 'forwarders', 'dnsHosts') && isOwn ? { dns: dnsOf(form) } : {}),
  }
}

function dnsOf({ hasDns, forwarders, dnsHosts }: NetworkForm): NetworkDns {
  return {
    isEnabled: hasDns,
    forwarders: parseForwarders(forwarders) ?? [],
    hosts: parseDnsHosts(dnsHosts) ?? [],
  }
}

function ipOf(subnet: string, ranges: string, leases: string, family: 4 | 6): IpSettings | null {
  const parsed = parseSubnet(subnet)
  if (parsed === null) return null
  const dhcp = { ranges: parseRanges(ranges) ?? [], hosts: parseLeases(leases, family) ?? [] }
  return { ...parsed, dhcp: dhcp.ranges.length + dhcp.hosts.length === 0 ? null : dhcp }
}

function parseSubnet(text: string): Pick<IpSettings, 'address' | 'prefix'> | null {
  const [address, prefix, ...rest] = text.trim().split('/')
  if (rest.length > 0 || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return null
  const parsed = ipSettingsSchema.safeParse({ address, prefix: Number(prefix) })
  return parsed.success ? { address: parsed.data.address, prefix: parsed.data.prefix } : null
}

function parseRanges(text: string): DhcpRange[] | null {
  return parseLines(text, (line) => {
    const [start, end, ...rest] = line.split(/\s*[-–]\s*|\s+/)
    return rest.length > 0 ? null : parsedBy(dhcpRangeSchema, { start, end })
  })
}

/** By line: MAC address, client id or name, in that order as far as they are there, and the address. */
function parseLeases(text: string, family: 4 | 6): StaticLease[] | null {
  return parseLines(text, (line) => {
    const words = line.split(/\s+/)
    const address = words.pop()
    const lease: { macAddress?: string; clientId?: string; name?: string } = {}
    for (const word of words) {
      if (family === 4 && MAC.test(word) && lease.macAddress === undefined) lease.macAddress = word
      else if (family === 6 && CLIENT_ID.test(word) && lease.clientId === undefined) lease.clientId = word
      else if (lease.name === undefined) lease.name = word
      else return null
    }
    return words.length === 0 ? null : parsedBy(staticLeaseSchema, { ...lease, address })
  })
}

function formatLease({ macAddress, clientId, name, address }: StaticLease): string {
  return [macAddress, clientId, name, address].filter((part) => part !== null).join(' ')
}

/** By line: a domain, an address, or both: that domain is asked for there. */
function parseForwarders(text: string): NetworkDns['forwarders'] | null {
  return parseLines(text, (line) => {
    const words = line.split(/\s+/)
    const last = words.at(-1)
    const isAddress = parsedBy(networkDnsSchema, { forwarders: [{ address: last }] }) !== null
    const [domain, ...rest] = isAddress ? words.slice(0, -1) : words
    if (rest.length > 0) return null
    const forwarder = { address: isAddress ? last : null, domain: domain ?? null }
    return parsedBy(networkDnsSchema, { forwarders: [forwarder] })?.forwarders[0] ?? null
  })
}

/** By line: an address and its names. */
function parseDnsHosts(text: string): NetworkDns['hosts'] | null {
  return parseLines(text, (line) => {
    const [address, ...names] = line.split(/\s+/)
    return parsedBy(networkDnsSchema, { hosts: [{ address, names }] })?.hosts[0] ?? null
  })
}

function parseMtu(text: string): number | null {
  return /^\d{1,5}$/.test(text.trim()) ? parsedBy(mtu, Number(text)) : null
}

/** Null: a line cannot be read. */
function parseLines<Value>(text: string, parse: (line: string) => Value | null): Value[] | null {
  const lines = text.split('\n').map((line) => line.trim())
  const values = lines.filter((line) => line !== '').map(parse)
  return values.some((value) => value === null) ? null : values.filter((value) => value !== null)
}

function parsedBy<Value>(schema: z.ZodType<Value>, value: unknown): Value | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}
