import type { RenderInput, Rendering } from '../rendered-files.ts'
import { replaceOwnFiles } from '../rendered-files.ts'
import type { WantedInterface } from '../wanted-interfaces.ts'
import {
  INTERFACES_PATH,
  ifupdownInterfaces,
  interfacesFiles,
  OWN_INTERFACES_PATH,
  parseInterfaces,
  setAside,
  sourcesFolder,
} from './parse-interfaces.ts'

const FOLDER = '/etc/network'
const SOURCE_LINE = 'source /etc/network/interfaces.d/*\n'
const HEAD = '# Written by Virtdeck: changes here are overwritten by the next set-up of this host.\n'

/**
 * Debian's ifupdown: `/etc/network/interfaces.d/virtdeck` holds what is wanted, by iproute2 alone, so that nothing has to be installed. Stanzas of other
 * files for NICs that are taken over are set aside there as comments. Pure.
 * https://manpages.debian.org/bookworm/ifupdown/interfaces.5.en.html
 */
export function renderIfupdown({ facts, wanted }: RenderInput): Rendering {
  const foreign = interfacesFiles(facts.files).filter((path) => path !== OWN_INTERFACES_PATH)
  const configured = ifupdownInterfaces(facts.files)
  const written = wanted.filter(({ keepsOwn }) => !keepsOwn)
  const taken = new Set(written.map(({ name }) => name))
  const own = parseInterfaces(facts.files.get(OWN_INTERFACES_PATH) ?? '')
  const ours = new Set(own.flatMap(({ kind, names }) => (kind === 'iface' ? names : [])))

  const texts = new Map<string, string>()
  if (written.length > 0) texts.set(OWN_INTERFACES_PATH, HEAD + written.map(stanzaOf(wanted)).join(''))
  const main = facts.files.get(INTERFACES_PATH) ?? ''
  for (const path of foreign) {
    const text = setAside(facts.files.get(path) ?? '', taken)
    const needsSource = path === INTERFACES_PATH && written.length > 0 && !sourcesFolder(main)
    texts.set(path, needsSource ? `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${SOURCE_LINE}` : text)
  }
  const isThere = new Set(facts.links.map(({ name }) => name))
  return {
    folder: FOLDER,
    files: replaceOwnFiles(facts.files, (path) => path === OWN_INTERFACES_PATH, texts),
    ours,
    // Forced: what was set up by hand is taken down as well.
    releaseCommands: (changed) => changed.toReversed().map((name) => `ifdown --force ${name}`),
    applyCommands: (changed) => [
      // What no file configured ifdown left as it was.
      ...changed.filter((name) => isThere.has(name)).map((name) => `ip address flush dev ${name} scope global`),
      ...changed.map((name) => `ifup --force ${name}`),
    ],
    restoreCommands: (changed) => changed.filter((name) => configured.has(name)).map((name) => `ifup --force ${name}`),
  }
}

function stanzaOf(all: readonly WantedInterface[]) {
  return (wanted: WantedInterface): string => {
    const { name, ipv4, ipv6, dns } = wanted
    const link = linkLines(wanted, all)
    const dnsLine = dns.length === 0 ? [] : [`dns-nameservers ${dns.join(' ')}`]
    const method4 = ipv4.method === 'none' ? 'manual' : ipv4.method
    const lines4 =
      ipv4.method === 'static'
        ? [`address ${ipv4.address}/${ipv4.prefix}`, ...(ipv4.gateway ? [`gateway ${ipv4.gateway}`] : [])]
        : []
    const lines6 =
      ipv6.method === 'static'
        ? [`address ${ipv6.address}/${ipv6.prefix}`, ...(ipv6.gateway ? [`gateway ${ipv6.gateway}`] : [])]
        : []
    const stanza = (head: string, lines: readonly string[]) => [head, ...lines.map((line) => `    ${line}`)]
    return [
      '',
      `auto ${name}`,
      ...stanza(`iface ${name} inet ${method4}`, [...lines4, ...dnsLine, ...link]),
      ...(ipv6.method === 'none' ? [] : stanza(`iface ${name} inet6 ${ipv6.method}`, lines6)),
      '',
    ].join('\n')
  }
}

/** What makes the interface. Made again it is left as it is: network cards of machines stay in their bridge. */
function linkLines(wanted: WantedInterface, all: readonly WantedInterface[]): string[] {
  const { name, mtu, vlan, bond, kind, macAddress } = wanted
  const unlessThere = (command: string) => `pre-up test -e /sys/class/net/${name} || ${command}`
  const ports = all.filter(({ master }) => master?.name === name).map((port) => port.name)
  const make: string[] = []
  if (vlan !== null) make.push(unlessThere(`ip link add link ${vlan.parent} name ${name} type vlan id ${vlan.id}`))
  if (bond !== null) {
    const options = Object.entries(bond.options).map(([key, value]) => ` ${key} ${value}`)
    make.push(unlessThere(`ip link add name ${name} type bond mode ${bond.mode}${options.join('')}`))
    // A NIC that is up is not taken into a bond.
    for (const nic of bond.nics) {
      make.push(
        `pre-up test -e /sys/class/net/${name}/lower_${nic} || { ip link set dev ${nic} down && ip link set dev ${nic} master ${name}; }`,
      )
    }
  }
  if (kind === 'bridge') {
    const address = macAddress === null ? '' : ` address ${macAddress}`
    make.push(unlessThere(`ip link add name ${name}${address} type bridge stp_state 0 forward_delay 0`))
    for (const port of ports) make.push(`pre-up ip link set dev ${port} master ${name}`)
  }
  return [
    ...make,
    ...(mtu === null ? [] : [`pre-up ip link set dev ${name} mtu ${mtu}`]),
    `pre-up ip link set dev ${name} up`,
  ]
}
