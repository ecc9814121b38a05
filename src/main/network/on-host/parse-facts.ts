import { z } from 'zod'
import type { HostNetworkFacts, ManagerFacts } from './host-facts.ts'
import { type LinkExtras, parseJson, parseLinks, parseRoutes } from './parse-links.ts'

const LINES_MAX = 10_000
const TEXT_MAX = 256

/** Reads what the state script printed; what is not as expected is left out. Pure. */
export function parseFacts(output: string): HostNetworkFacts {
  const values = new Map<string, string[]>()
  for (const line of output.split('\n').slice(0, LINES_MAX)) {
    const at = line.indexOf('=')
    if (at < 1) continue
    const key = line.slice(0, at)
    const known = values.get(key)
    if (known === undefined) values.set(key, [line.slice(at + 1)])
    else known.push(line.slice(at + 1))
  }
  const all = (key: string): readonly string[] => values.get(key) ?? []
  const first = (key: string): string => all(key)[0] ?? ''
  const [routes4 = '', routes6 = ''] = all('routes')
  const extras = parseExtras(all('nic'))
  const neighbours = new Map([...parseNetworkctlLldp(all('networkd.lldp')), ...parseLldp(decode(first('lldp')))])
  const links = parseLinks(first('links'), first('addresses'), (name) => ({
    ...(extras.get(name) ?? NO_EXTRAS),
    lldp: neighbours.get(name) ?? null,
  }))
  const files = new Map(
    all('file').flatMap((line) => {
      const [path, text] = line.split(' ')
      return path === undefined || text === undefined ? [] : [[decode(path), decode(text)] as const]
    }),
  )
  return {
    links,
    routes: [...parseRoutes(routes4, 'ipv4'), ...parseRoutes(routes6, 'ipv6')],
    dns: all('dns')
      .map((address) => address.trim().split(/[\s%]/)[0] ?? '')
      .filter((address) => /^[0-9a-f:.]{2,45}$/i.test(address)),
    sshAddress: /^[0-9a-f:.]{2,45}$/i.test(first('ssh')) ? first('ssh') : null,
    canBeRoot: first('root') === 'yes',
    hasSystemd: first('systemd') === 'yes',
    hasResolvconf: first('resolvconf') === 'yes',
    hasResolved: first('resolved') === 'yes',
    managers: parseManagers(all, links),
    files,
  }
}

function parseManagers(all: (key: string) => readonly string[], links: HostNetworkFacts['links']): ManagerFacts {
  const isThere = (key: string) => all(key).length > 0
  return {
    networkManager: isThere('nm') ? new Map(all('nm.device').map(parseDevice)) : null,
    networkd: isThere('networkd') ? parseNetworkd(all, links) : null,
    netplan: all('netplan').flatMap((line) => {
      const [path = '', document = ''] = line.split(' ')
      return [{ path: decode(path), document: parseJson(decode(document)) ?? null }]
    }),
    hasIfupdown: isThere('ifupdown'),
    openVswitchBridges: all('ovs').map((name) => name.trim().slice(0, TEXT_MAX)),
    hasNmstate: isThere('nmstate'),
    silent: all('silent')[0]?.slice(0, TEXT_MAX) ?? null,
  }
}

/** `nmcli -t`: fields parted by colons, which inside a field are escaped (nmcli(1)). */
function parseDevice(line: string): readonly [string, { readonly state: string; readonly connection: string }] {
  const [name = '', state = '', connection = ''] = line
    .slice(0, 4 * TEXT_MAX)
    .split(/(?<!\\):/)
    .map((field) => field.replace(/\\(.)/g, '$1'))
  return [name, { state, connection }]
}

function parseNetworkd(
  all: (key: string) => readonly string[],
  links: HostNetworkFacts['links'],
): NonNullable<ManagerFacts['networkd']> {
  const files = new Map(all('networkd.file').map((line) => line.split(' ') as [string, string]))
  return new Map(
    all('networkd.link').flatMap((line) => {
      // "2 eth0 ether routable configured"
      const [, index, name, setup] = /^(\d+)\s+(\S+)\s+\S+\s+\S+\s+(\S+)/.exec(line.trim()) ?? []
      if (index === undefined || setup === undefined) return []
      // networkctl cuts long names short.
      const link = links.find((each) => String(each.index) === index)
      return [[link?.name ?? name ?? '', { setup, file: files.get(index) || null }] as const]
    }),
  )
}

const NO_EXTRAS: LinkExtras = {
  speedMbps: null,
  duplex: null,
  driver: null,
  pciAddress: null,
  sriov: null,
  lldp: null,
}

/** `name|speed|duplex|driver|device|total|in use`, of /sys/class/net. */
function parseExtras(lines: readonly string[]): ReadonlyMap<string, LinkExtras> {
  return new Map(
    lines.map((line) => {
      const [name = '', speed = '', duplex = '', driver = '', device = '', total = '', inUse = ''] = line.split('|')
      const speedMbps = toCount(speed)
      const functions = toCount(total)
      return [
        name,
        {
          // A port without a cable says -1, and some drivers a number of all ones.
          speedMbps: speedMbps === null || speedMbps === 0 || speedMbps >= 0xff_ff_ff_ff ? null : speedMbps,
          duplex: duplex === 'full' || duplex === 'half' ? duplex : null,
          driver: driver === '' ? null : driver.slice(0, TEXT_MAX),
          pciAddress: /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(device) ? device : null,
          sriov: functions === null || functions === 0 ? null : { total: functions, inUse: toCount(inUse) ?? 0 },
          lldp: null,
        },
      ] as const
    }),
  )
}

function toCount(text: string): number | null {
  return /^\d{1,12}$/.test(text) ? Number(text) : null
}

type Neighbour = NonNullable<LinkExtras['lldp']>

const valuesSchema = z.array(z.object({ value: z.string() }).loose()).default([])
/** `lldpcli -f json0`, in which every element is a list. */
const lldpSchema = z.object({
  lldp: z.array(
    z.object({
      interface: z
        .array(
          z.object({
            name: z.string(),
            chassis: z.array(z.object({ id: valuesSchema, name: valuesSchema })).default([]),
            port: z.array(z.object({ id: valuesSchema, descr: valuesSchema })).default([]),
          }),
        )
        .default([]),
    }),
  ),
})

function parseLldp(text: string): readonly (readonly [string, Neighbour])[] {
  const { data } = lldpSchema.safeParse(parseJson(text))
  return (data?.lldp ?? []).flatMap((each) =>
    each.interface.map(({ name, chassis: [chassis], port: [port] }) => {
      const told = (...lists: (readonly { readonly value: string }[] | undefined)[]) =>
        toShown(lists.find((list) => list?.[0] !== undefined)?.[0]?.value ?? '')
      return [name, { chassis: told(chassis?.name, chassis?.id), port: told(port?.id, port?.descr) }] as const
    }),
  )
}

/** LINK, CHASSIS ID, SYSTEM NAME, CAPS, PORT ID, PORT DESCRIPTION; parted by two spaces or more where one is left empty. */
function parseNetworkctlLldp(lines: readonly string[]): readonly (readonly [string, Neighbour])[] {
  return lines.flatMap((line) => {
    const [name, chassisId, systemName, , port] = line.trim().split(/\s+/)
    if (name === undefined || port === undefined) return []
    return [[name, { chassis: toShown(systemName ?? chassisId ?? ''), port: toShown(port) }] as const]
  })
}

function toShown(text: string): string {
  return text.slice(0, TEXT_MAX).replace(/\p{C}/gu, '\u{fffd}')
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
