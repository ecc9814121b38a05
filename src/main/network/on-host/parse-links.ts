import { z } from 'zod'
import type { AddressFacts, LinkFacts, RouteFacts } from './host-facts.ts'

/** More than a host with hundreds of machines has; what it lists beyond is left out. */
const LINKS_MAX = 4_000
const ROUTES_MAX = 4_000
const ADDRESSES_MAX = 64

const nameSchema = z.string().regex(/^[^\s/\p{C}]{1,15}$/u)
const macSchema = z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i)

/** Of `ip -j -d link show` (ip-link(8)). */
const linkSchema = z.object({
  ifindex: z.number().int(),
  ifname: nameSchema,
  link: z.string().optional(),
  link_netnsid: z.number().optional(),
  flags: z.array(z.string()).default([]),
  mtu: z.number().int(),
  max_mtu: z.number().int().optional(),
  operstate: z.string().default('UNKNOWN'),
  link_type: z.string().default(''),
  address: z.string().default(''),
  master: nameSchema.optional().catch(undefined),
  linkinfo: z
    .object({ info_kind: z.string().max(64).optional(), info_data: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .catch(undefined),
})

const addressSchema = z.object({
  family: z.enum(['inet', 'inet6']),
  local: z.string().max(64),
  prefixlen: z.number().int().min(0).max(128),
  scope: z.string(),
  dynamic: z.boolean().default(false),
  temporary: z.boolean().default(false),
})

const addressedSchema = z.object({
  ifname: nameSchema,
  addr_info: z.array(z.unknown()).default([]),
})

const routeSchema = z.object({
  dst: z.string().max(64),
  gateway: z.string().max(64).optional(),
  dev: nameSchema,
  protocol: z.string().max(32).default('boot'),
  metric: z.number().int().optional(),
})

/** What `/sys` and LLDP tell of an interface beside the kernel's list. */
export type LinkExtras = Pick<LinkFacts, 'speedMbps' | 'duplex' | 'driver' | 'pciAddress' | 'sriov' | 'lldp'>

/** Joins what `ip` lists of links and addresses. Entries that are not as expected are left out. Pure. */
export function parseLinks(
  links: string,
  addresses: string,
  extrasOf: (name: string) => LinkExtras,
): readonly LinkFacts[] {
  const addressesOf = parseAddresses(addresses)
  return parseList(links, linkSchema, LINKS_MAX).map((link) => {
    const { info_kind: kind = null, info_data: data = {} } = link.linkinfo ?? {}
    const vlanId = kind === 'vlan' && typeof data.id === 'number' ? data.id : null
    return {
      index: link.ifindex,
      name: link.ifname,
      kind,
      isEthernet: link.link_type === 'ether',
      isAcrossNamespaces: link.link_netnsid !== undefined,
      macAddress: macSchema.safeParse(link.address).data ?? '',
      mtu: link.mtu,
      maxMtu: link.max_mtu === undefined || link.max_mtu === 0 ? null : link.max_mtu,
      isUp: link.flags.includes('UP'),
      linkUp: link.flags.includes('LOWER_UP'),
      master: link.master ?? null,
      parent: vlanId === null ? null : (nameSchema.safeParse(link.link).data ?? null),
      vlanId,
      bond: kind === 'bond' ? parseBond(data) : null,
      addresses: addressesOf.get(link.ifname) ?? [],
      ...extrasOf(link.ifname),
    }
  })
}

/** What is left out says nothing of how a bond was meant: counters, and addresses of the partner. */
const BOND_OPTIONS = [
  'miimon',
  'updelay',
  'downdelay',
  'arp_interval',
  'primary',
  'primary_reselect',
  'xmit_hash_policy',
  'ad_lacp_rate',
  'ad_select',
  'fail_over_mac',
] as const

function parseBond(data: Readonly<Record<string, unknown>>): NonNullable<LinkFacts['bond']> {
  const options = BOND_OPTIONS.flatMap((name) => {
    const value = data[name]
    const isPlain = typeof value === 'string' || typeof value === 'number'
    return isPlain ? [[name === 'ad_lacp_rate' ? 'lacp_rate' : name, String(value).slice(0, 64)] as const] : []
  })
  return { mode: typeof data.mode === 'string' ? data.mode.slice(0, 64) : '', options: Object.fromEntries(options) }
}

function parseAddresses(text: string): ReadonlyMap<string, readonly AddressFacts[]> {
  return new Map(
    parseList(text, addressedSchema, LINKS_MAX).map(({ ifname, addr_info: infos }) => [
      ifname,
      infos.slice(0, ADDRESSES_MAX).flatMap((info) => {
        const { data } = addressSchema.safeParse(info)
        if (data === undefined || data.scope !== 'global' || data.temporary) return []
        const family = data.family === 'inet' ? 'ipv4' : 'ipv6'
        return [{ family, address: data.local, prefix: data.prefixlen, isDynamic: data.dynamic } as const]
      }),
    ]),
  )
}

/** Reads `ip -j route show` of one family. Pure. */
export function parseRoutes(text: string, family: RouteFacts['family']): readonly RouteFacts[] {
  return parseList(text, routeSchema, ROUTES_MAX).map(({ dst, gateway, dev, protocol, metric }) => ({
    family,
    to: dst,
    gateway: gateway ?? null,
    interfaceName: dev,
    metric: metric ?? null,
    protocol,
  }))
}

function parseList<Schema extends z.ZodType>(text: string, schema: Schema, limit: number): z.output<Schema>[] {
  const list = z.array(z.unknown()).safeParse(parseJson(text))
  if (!list.success) return []
  return list.data.slice(0, limit).flatMap((each) => {
    const parsed = schema.safeParse(each)
    return parsed.success ? [parsed.data] : []
  })
}

/** Undefined: it is no JSON, as when it was cut off. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What a host prints may be anything.
    return undefined
  }
}
