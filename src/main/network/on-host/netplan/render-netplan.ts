import { type RenderInput, type Rendering, replaceOwnFiles } from '../rendered-files.ts'
import type { WantedInterface } from '../wanted-interfaces.ts'
import { formatYaml } from './format-yaml.ts'
import {
  type Definition,
  definitionsByOthers,
  netplanIdOf,
  OWN_NETPLAN_PATH,
  toDefinition,
} from './netplan-documents.ts'

const FOLDER = '/etc/netplan'
const HEAD = '# Written by Virtdeck: changes here are overwritten by the next set-up of this host.\n'

/**
 * netplan, whichever it renders for: a file of our own. Lists of several files are joined, so that what another file says of a NIC that is taken
 * over goes from there. Pure.
 * https://netplan.readthedocs.io/en/stable/netplan-yaml/
 */
export function renderNetplan({ facts, wanted }: RenderInput): Rendering {
  const documents = facts.managers.netplan.map(({ path, document }) => ({
    path,
    network: toDefinition(document, 'network'),
  }))
  const foreign = documents.filter(({ path }) => path !== OWN_NETPLAN_PATH)
  const own = documents.find(({ path }) => path === OWN_NETPLAN_PATH)?.network ?? {}
  const ours = new Set(SECTIONS.flatMap((section) => Object.keys(toDefinition(own, section))))
  const idOf = (name: string) => netplanIdOf(facts, name)
  const written = wanted.filter(({ keepsOwn }) => !keepsOwn)
  const taken = new Set(written.filter(({ kind }) => kind === 'nic').map(({ name }) => idOf(name)))

  const texts = new Map<string, string>()
  if (written.length > 0) {
    const entries = (kind: WantedInterface['kind']) =>
      Object.fromEntries(
        written
          .filter((each) => each.kind === kind)
          .map((each) => [
            kind === 'nic' ? idOf(each.name) : each.name,
            {
              ...identityOf([
                ...definitionsByOthers(facts, each.name),
                toDefinition(toDefinition(own, 'ethernets'), idOf(each.name)),
              ]),
              ...define(each, wanted, idOf),
            },
          ]),
      )
    const sections = SECTIONS.map((section) => [section, entries(KIND_OF[section])] as const)
    const filled = sections.filter(([, definitions]) => Object.keys(definitions).length > 0)
    texts.set(OWN_NETPLAN_PATH, HEAD + formatYaml({ network: { version: 2, ...Object.fromEntries(filled) } }))
  }
  for (const { path, network } of foreign) {
    const ethernets = toDefinition(network, 'ethernets')
    const left = Object.entries(ethernets).filter(([id]) => !taken.has(id))
    const text = facts.files.get(path) ?? ''
    if (left.length === Object.keys(ethernets).length) texts.set(path, text)
    else {
      const { ethernets: _gone, ...rest } = network
      const kept = left.length === 0 ? rest : { ...rest, ethernets: Object.fromEntries(left) }
      texts.set(path, formatYaml({ network: kept }))
    }
  }
  return {
    folder: FOLDER,
    files: replaceOwnFiles(facts.files, (path) => path === OWN_NETPLAN_PATH, texts),
    ours,
    releaseCommands: () => [],
    applyCommands: () => ['netplan apply'],
    restoreCommands: () => ['netplan apply'],
  }
}

const SECTIONS = ['ethernets', 'bonds', 'vlans', 'bridges'] as const
const KIND_OF = { ethernets: 'nic', bonds: 'bond', vlans: 'vlan', bridges: 'bridge' } as const

/** What of a definition says which NIC it is for stays with it. */
function identityOf(definitions: readonly Definition[]): Definition {
  const [found = {}] = definitions.filter((each) => each.match !== undefined)
  return Object.fromEntries(Object.entries(found).filter(([key]) => key === 'match' || key === 'set-name'))
}

function define(wanted: WantedInterface, all: readonly WantedInterface[], idOf: (name: string) => string): Definition {
  const { name, kind, mtu, vlan, bond, macAddress, ipv4, ipv6, dns } = wanted
  const statics = [ipv4, ipv6].flatMap((each) => (each.method === 'static' ? [each] : []))
  const gateways = statics.flatMap(({ gateway }) => (gateway ? [{ to: 'default', via: gateway }] : []))
  const ports = all.filter(({ master }) => master?.name === name)
  return {
    ...(vlan === null ? {} : { id: vlan.id, link: idOf(vlan.parent) }),
    ...(kind === 'bridge' || kind === 'bond'
      ? { interfaces: ports.map((port) => (port.kind === 'nic' ? idOf(port.name) : port.name)) }
      : {}),
    ...(macAddress === null ? {} : { macaddress: macAddress }),
    ...(mtu === null ? {} : { mtu }),
    ...(kind === 'bridge' ? { parameters: { stp: false, 'forward-delay': 0 } } : {}),
    ...(bond === null ? {} : { parameters: bondParameters(bond) }),
    dhcp4: ipv4.method === 'dhcp',
    ...(ipv4.method === 'dhcp' ? { 'dhcp-identifier': 'mac' } : {}),
    dhcp6: ipv6.method === 'dhcp',
    'accept-ra': ipv6.method === 'auto' || ipv6.method === 'dhcp',
    'link-local': ipv6.method === 'none' ? [] : ['ipv6'],
    ...(statics.length === 0 ? {} : { addresses: statics.map(({ address, prefix }) => `${address}/${prefix}`) }),
    ...(gateways.length === 0 ? {} : { routes: gateways }),
    ...(dns.length === 0 ? {} : { nameservers: { addresses: [...dns] } }),
  }
}

const PARAMETERS: Readonly<Record<string, string>> = {
  miimon: 'mii-monitor-interval',
  updelay: 'up-delay',
  downdelay: 'down-delay',
  lacp_rate: 'lacp-rate',
  xmit_hash_policy: 'transmit-hash-policy',
  ad_select: 'ad-select',
  fail_over_mac: 'fail-over-mac-policy',
  primary_reselect: 'primary-reselect-policy',
}

function bondParameters({ mode, options }: NonNullable<WantedInterface['bond']>): Definition {
  const named = Object.entries(options).map(([key, value]) => [PARAMETERS[key] ?? key, toScalar(value)] as const)
  return { mode, ...Object.fromEntries(named) }
}

function toScalar(text: string): string | number {
  return /^\d{1,9}$/.test(text) ? Number(text) : text
}
