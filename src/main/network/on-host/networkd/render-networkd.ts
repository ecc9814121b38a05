import { type RenderInput, type Rendering, replaceOwnFiles } from '../rendered-files.ts'
import type { WantedInterface } from '../wanted-interfaces.ts'

const FOLDER = '/etc/systemd/network'
/** Before all that a host or its packages have: of several files that match an interface, the first holds. */
const OWN = `${FOLDER}/05-virtdeck-`
const HEAD = '# Written by Virtdeck: changes here are overwritten by the next set-up of this host.\n'

/**
 * systemd-networkd: a `.network`, and a `.netdev` for what is made, of our own for each interface. Files of others stay as they are, and hold again when
 * ours are gone. Pure.
 * https://www.freedesktop.org/software/systemd/man/252/systemd.network.html, …/systemd.netdev.html
 */
export function renderNetworkd({ facts, wanted }: RenderInput): Rendering {
  const { networkd } = facts.managers
  const texts = new Map<string, string>()
  for (const each of wanted) {
    const file = networkd?.get(each.name)?.file ?? null
    const before = facts.files.get(`${OWN}${each.name}.network`)
    const isCopy = each.keepsOwn && file !== null && isOwnNetworkdFile(file)
    // Its own file may be for other NICs as well, so that a part added to it would be theirs, too.
    const copied = each.keepsOwn && file !== null ? { path: file, text: facts.files.get(file) ?? '' } : null
    texts.set(`${OWN}${each.name}.network`, isCopy ? changeVlans(before ?? '', each.vlans) : networkFile(each, copied))
    if (each.kind !== 'nic') texts.set(`${OWN}${each.name}.netdev`, netdevFile(each))
  }
  const ours = [...facts.files.keys()].flatMap((path) =>
    path.startsWith(OWN) && path.endsWith('.network') ? [path.slice(OWN.length, -'.network'.length)] : [],
  )
  const isThere = new Set(facts.links.map(({ name }) => name))
  return {
    folder: FOLDER,
    files: replaceOwnFiles(facts.files, (path) => path.startsWith(OWN), texts),
    ours: new Set(ours),
    releaseCommands: () => [],
    applyCommands: (changed) => ['networkctl reload', ...reconfigure(changed)],
    restoreCommands: (changed) => ['networkctl reload', ...reconfigure(changed.filter((name) => isThere.has(name)))],
  }
}

/** networkd makes what its files name when it reads them; what is there already is set up anew only when it is told so. */
function reconfigure(names: readonly string[]): string[] {
  return names.map((name) => `timeout 20 sh -c 'until networkctl reconfigure ${name}; do sleep 0.5; done'`)
}

const COPY_OF = '# With its VLANs, a copy of '

/** Pure. */
export function isOwnNetworkdFile(path: string): boolean {
  return path.startsWith(OWN)
}

/** Whether a file of ours is the host's own one with VLANs. Pure. */
export function isOwnCopy(text: string | undefined): boolean {
  return text?.includes(COPY_OF) === true
}

function networkFile(wanted: WantedInterface, copied: { readonly path: string; readonly text: string } | null): string {
  const { name, mtu, master, vlans, ipv4, ipv6, dns } = wanted
  const match = section('Match', [['Name', name]])
  if (copied !== null) {
    const body = copied.text.replace(/^\[Match\][^[]*/m, '').trimEnd()
    return `${HEAD}${COPY_OF}${copied.path}\n${match}\n${body}\n${vlanSection(vlans)}`
  }
  const hasAddress = ipv4.method !== 'none' || ipv6.method !== 'none'
  const dhcp = [ipv4.method === 'dhcp' ? 'ipv4' : '', ipv6.method === 'dhcp' ? 'ipv6' : ''].filter(
    (each) => each !== '',
  )
  const statics = [ipv4, ipv6].flatMap((each) => (each.method === 'static' ? [each] : []))
  const isTagged = wanted.kind === 'nic' || wanted.kind === 'bond'
  return [
    HEAD,
    match,
    mtu === null ? '' : `\n${section('Link', [['MTUBytes', mtu]])}`,
    `\n${section('Network', [
      ...(master === null ? [] : [[master.kind === 'bond' ? 'Bond' : 'Bridge', master.name] as const]),
      ['DHCP', dhcp.length === 2 ? 'yes' : (dhcp[0] ?? 'no')],
      ['LinkLocalAddressing', ipv6.method === 'none' ? 'no' : 'ipv6'],
      ['IPv6AcceptRA', ipv6.method === 'none' || ipv6.method === 'static' ? 'no' : 'yes'],
      ...(hasAddress ? [['ConfigureWithoutCarrier', 'yes'] as const] : []),
      ...statics.map(({ address, prefix }) => ['Address', `${address}/${prefix}`] as const),
      ...statics.flatMap(({ gateway }) => (gateway ? [['Gateway', gateway] as const] : [])),
      ...dns.map((server) => ['DNS', server] as const),
    ])}`,
    // The host is known to the server of addresses by what it had before the bridge.
    ipv4.method === 'dhcp' ? `\n${section('DHCPv4', [['ClientIdentifier', 'mac']])}` : '',
    isTagged ? vlanSection(vlans) : '',
  ].join('')
}

function vlanSection(vlans: readonly string[]): string {
  return vlans.length === 0
    ? ''
    : `\n${section(
        'Network',
        vlans.map((name) => ['VLAN', name] as const),
      )}`
}

/** Our copy of a file that is overridden by it, with other VLANs. */
function changeVlans(text: string, vlans: readonly string[]): string {
  return text.replace(/\n\[Network\]\n(VLAN=[^\n]*\n)+$/, '') + vlanSection(vlans)
}

function netdevFile({ name, kind, mtu, vlan, bond, macAddress }: WantedInterface): string {
  return [
    HEAD,
    section('NetDev', [
      ['Name', name],
      ['Kind', kind],
      ...(mtu === null ? [] : [['MTUBytes', mtu] as const]),
      ...(macAddress === null ? [] : [['MACAddress', macAddress] as const]),
    ]),
    vlan === null ? '' : `\n${section('VLAN', [['Id', vlan.id]])}`,
    kind === 'bridge'
      ? `\n${section('Bridge', [
          ['STP', 'no'],
          ['ForwardDelaySec', 0],
        ])}`
      : '',
    bond === null
      ? ''
      : `\n${section('Bond', [['Mode', bond.mode], ...Object.entries(bond.options).map(([key, value]) => bondOption(key, value))])}`,
  ].join('')
}

const MILLISECONDS: Readonly<Record<string, string>> = {
  miimon: 'MIIMonitorSec',
  updelay: 'UpDelaySec',
  downdelay: 'DownDelaySec',
}
const PLAIN: Readonly<Record<string, string>> = {
  lacp_rate: 'LACPTransmitRate',
  xmit_hash_policy: 'TransmitHashPolicy',
  ad_select: 'AdSelect',
  fail_over_mac: 'FailOverMACPolicy',
  primary_reselect: 'PrimaryReselectPolicy',
}

function bondOption(key: string, value: string): readonly [string, string] {
  const milliseconds = MILLISECONDS[key]
  return milliseconds === undefined ? [PLAIN[key] ?? key, value] : [milliseconds, `${value}ms`]
}

function section(name: string, entries: readonly (readonly [string, string | number])[]): string {
  return `[${name}]\n${entries.map(([key, value]) => `${key}=${value}\n`).join('')}`
}
