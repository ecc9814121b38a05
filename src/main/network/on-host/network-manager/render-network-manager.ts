import { createHash } from 'node:crypto'
import type { HostNetworkFacts } from '../host-facts.ts'
import { type RenderInput, type Rendering, replaceOwnFiles } from '../rendered-files.ts'
import type { WantedInterface } from '../wanted-interfaces.ts'

const FOLDER = '/etc/NetworkManager/system-connections'
const OWN = `${FOLDER}/virtdeck-`
const SUFFIX = '.nmconnection'

/**
 * NetworkManager: a keyfile profile of our own for each interface, preferred to those of others, which stay as they are and hold again when ours are
 * gone. Pure.
 * https://networkmanager.dev/docs/api/latest/nm-settings-keyfile.html
 */
export function renderNetworkManager({ facts, wanted }: RenderInput): Rendering {
  const written = wanted.filter(({ keepsOwn }) => !keepsOwn)
  const texts = new Map(written.map((each) => [pathOf(each.name), profileOf(each, written)]))
  const ours = [...facts.files.keys()].flatMap((path) =>
    path.startsWith(OWN) && path.endsWith(SUFFIX) ? [path.slice(OWN.length, -SUFFIX.length)] : [],
  )
  const byName = new Map(written.map((each) => [each.name, each]))
  const nics = new Set(facts.links.filter(({ kind }) => kind === null).map(({ name }) => name))
  return {
    folder: FOLDER,
    files: replaceOwnFiles(facts.files, (path) => path.startsWith(OWN), texts),
    ours: new Set(ours),
    releaseCommands: () => [],
    applyCommands: (changed) => [
      'nmcli connection reload',
      // What has ports comes up with the first of them: it is not waited for before.
      ...changed.toReversed().flatMap((name) => up(byName.get(name), 'master')),
      ...changed.flatMap((name) => up(byName.get(name), 'port')),
      ...reconnect(changed.filter((name) => nics.has(name) && !byName.has(name))),
    ],
    restoreCommands: (changed) => {
      const had = changed.filter((name) => nics.has(name) && facts.managers.networkManager?.get(name)?.connection)
      const carries = (name: string) => facts.links.some((link) => link.name === name && isOfUse(link))
      return [
        'nmcli connection reload',
        // The host is reached by one of these: they come first, and are not kept waiting by a NIC that asks for an address in vain.
        ...reconnect(had.filter(carries)),
        ...had.filter((name) => !carries(name)).map((name) => `nmcli --wait 0 device connect ${name}`),
      ]
    },
  }
}

function up(wanted: WantedInterface | undefined, which: 'master' | 'port'): string[] {
  if (wanted === undefined) return []
  const isMaster = wanted.kind === 'bridge' || wanted.kind === 'bond'
  if (isMaster !== (which === 'master')) return []
  return [`nmcli --wait ${isMaster ? 0 : 30} connection up uuid ${uuidOf(wanted.name)}`]
}

function isOfUse({ master, addresses }: HostNetworkFacts['links'][number]): boolean {
  return master !== null || addresses.some(({ address }) => !address.startsWith('fe80:'))
}

/** By the best of its profiles that are left; where there is none, NetworkManager would write one: a NIC that had none is left out. */
function reconnect(nics: readonly string[]): string[] {
  return nics.map((name) => `nmcli --wait 30 device connect ${name}`)
}

function pathOf(name: string): string {
  return `${OWN}${name}${SUFFIX}`
}

/** The same for an interface whenever it is asked for, so that a profile that is written again is the same one. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`virtdeck:${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

type Entry = readonly [string, string | number]

function profileOf(wanted: WantedInterface, all: readonly WantedInterface[]): string {
  const { name, kind, mtu, master, vlan, bond, macAddress, ipv4, ipv6, dns } = wanted
  const ethernet: Entry[] = [
    ...(mtu === null ? [] : [['mtu', mtu] as const]),
    ...(macAddress === null ? [] : [['cloned-mac-address', macAddress] as const]),
  ]
  const masterIsOurs = master !== null && all.some((each) => each.name === master.name)
  return [
    section('connection', [
      ['id', `virtdeck-${name}`],
      ['uuid', uuidOf(name)],
      ['type', kind === 'nic' ? 'ethernet' : kind],
      ['interface-name', name],
      ['autoconnect-priority', 100],
      ...(kind === 'bridge' || kind === 'bond' ? [['autoconnect-slaves', 1] as const] : []),
      ...(master === null
        ? []
        : [
            ['master', masterIsOurs ? uuidOf(master.name) : master.name] as const,
            ['slave-type', master.kind] as const,
          ]),
    ]),
    ethernet.length === 0 && kind !== 'nic' ? '' : `\n${section('ethernet', ethernet)}`,
    vlan === null
      ? ''
      : `\n${section('vlan', [
          ['flags', 1],
          ['id', vlan.id],
          ['parent', vlan.parent],
        ])}`,
    bond === null ? '' : `\n${section('bond', [['mode', bond.mode], ...Object.entries(bond.options)])}`,
    kind === 'bridge' ? `\n${section('bridge', [['stp', 'false']])}` : '',
    // Of a port, everything about addresses is its master's.
    master === null ? `\n${section('ipv4', family4(ipv4, dns))}\n${section('ipv6', family6(ipv6, dns))}` : '',
  ].join('')
}

function family4(ipv4: WantedInterface['ipv4'], dns: readonly string[]): Entry[] {
  const servers = dns.filter((server) => !server.includes(':'))
  if (ipv4.method === 'none') return [['method', 'disabled']]
  const dnsEntry: Entry[] = servers.length === 0 ? [] : [['dns', `${servers.join(';')};`]]
  if (ipv4.method === 'dhcp') return [['dhcp-client-id', 'mac'], ...dnsEntry, ['method', 'auto']]
  return [['address1', addressOf(ipv4)], ...dnsEntry, ['method', 'manual']]
}

function family6(ipv6: WantedInterface['ipv6'], dns: readonly string[]): Entry[] {
  const servers = dns.filter((server) => server.includes(':'))
  if (ipv6.method === 'none') return [['method', 'disabled']]
  const dnsEntry: Entry[] = servers.length === 0 ? [] : [['dns', `${servers.join(';')};`]]
  if (ipv6.method === 'static') return [['address1', addressOf(ipv6)], ...dnsEntry, ['method', 'manual']]
  return [...dnsEntry, ['method', ipv6.method]]
}

function addressOf({
  address,
  prefix,
  gateway,
}: {
  address: string
  prefix: number
  gateway?: string | null | undefined
}) {
  return `${address}/${prefix}${gateway ? `,${gateway}` : ''}`
}

function section(name: string, entries: readonly Entry[]): string {
  return `[${name}]\n${entries.map(([key, value]) => `${key}=${value}\n`).join('')}`
}
