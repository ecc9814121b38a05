import { decideChanges, findOurs, isRendered } from '../../../../../src/main/network/on-host/decide-changes.ts'
import { decideManager } from '../../../../../src/main/network/on-host/decide-manager.ts'
import type { HostNetworkFacts, LinkFacts } from '../../../../../src/main/network/on-host/host-facts.ts'
import { findOwnConfigured } from '../../../../../src/main/network/on-host/own-configuration.ts'
import {
  buildWantedInterfaces,
  type HostNetworkWish,
  type PlannedNetwork,
} from '../../../../../src/main/network/on-host/wanted-interfaces.ts'
import {
  type NetworkAttachment,
  type NetworkId,
  networkAttachmentSchema,
} from '../../../../../src/shared/domain/index.ts'

/** A link of a host; a NIC that is up unless it is said otherwise. */
export function makeLink(name: string, more: Partial<LinkFacts> = {}): LinkFacts {
  const index = more.index ?? Number(/\d+/.exec(name)?.[0] ?? 0) + 2
  return {
    index,
    name,
    kind: null,
    isEthernet: true,
    isAcrossNamespaces: false,
    macAddress: `52:54:00:00:00:0${index % 10}`,
    mtu: 1_500,
    maxMtu: 9_000,
    isUp: true,
    linkUp: true,
    master: null,
    parent: null,
    vlanId: null,
    bond: null,
    addresses: [],
    speedMbps: 1_000,
    duplex: 'full',
    driver: 'e1000e',
    pciAddress: null,
    sriov: null,
    lldp: null,
    ...more,
  }
}

export const address = (text: string, isDynamic = false): LinkFacts['addresses'][number] => {
  const [value = '', prefix = ''] = text.split('/')
  return { family: value.includes(':') ? 'ipv6' : 'ipv4', address: value, prefix: Number(prefix), isDynamic }
}

const INTERFACES = `# The loopback
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address 192.0.2.10/24
    gateway 192.0.2.1
`

/** A host with eth0 (ours, by ifupdown), eth1 and eth2. */
export function makeFacts(more: Partial<HostNetworkFacts> = {}): HostNetworkFacts {
  return {
    links: [
      makeLink('lo', { isEthernet: false }),
      makeLink('eth0', { addresses: [address('192.0.2.10/24')] }),
      makeLink('eth1'),
      makeLink('eth2'),
    ],
    routes: [
      { family: 'ipv4', to: 'default', gateway: '192.0.2.1', interfaceName: 'eth0', metric: null, protocol: 'boot' },
      { family: 'ipv4', to: '192.0.2.0/24', gateway: null, interfaceName: 'eth0', metric: null, protocol: 'kernel' },
    ],
    dns: ['192.0.2.1'],
    sshAddress: '192.0.2.10',
    canBeRoot: true,
    hasSystemd: true,
    hasResolvconf: false,
    hasResolved: false,
    managers: { ...NOBODY, hasIfupdown: true },
    files: new Map([['/etc/network/interfaces', INTERFACES]]),
    ...more,
  }
}

export const NOBODY: HostNetworkFacts['managers'] = {
  networkManager: null,
  networkd: null,
  netplan: [],
  hasIfupdown: false,
  openVswitchBridges: [],
  hasNmstate: false,
  silent: null,
}

export const networkId = (number: number) => `00000000-0000-4000-8000-00000000000${number}` as NetworkId

export function makeNetwork(number: number, more: Partial<PlannedNetwork> = {}): PlannedNetwork {
  const name = more.name ?? `net${number}`
  return { id: networkId(number), name, vlanId: null, mtu: null, vmNetwork: true, bridgeName: name, ...more }
}

export const attach = (
  number: number,
  nic: string,
  more: Omit<Partial<NetworkAttachment>, 'networkId' | 'nic'> = {},
): NetworkAttachment => networkAttachmentSchema.parse({ networkId: networkId(number), nic, ...more })

export const fixed = (text: string, gateway?: string) => {
  const [value = '', prefix = ''] = text.split('/')
  return {
    method: 'static' as const,
    address: value,
    prefix: Number(prefix),
    ...(gateway === undefined ? {} : { gateway }),
  }
}

/** What becomes of a host with these facts when this is wished of it. */
export function changesOf(
  facts: HostNetworkFacts,
  wish: Partial<HostNetworkWish>,
  networks: readonly PlannedNetwork[],
) {
  const verdict = decideManager(facts)
  const { manager } = verdict
  if (!isRendered(manager)) throw new Error(`nobody writes for ${manager}`)
  const byId = new Map(networks.map((network) => [network.id, network]))
  const whole = { attachments: [], bonds: [], ...wish }
  const wanted = buildWantedInterfaces(whole, byId, facts, {
    ownConfigured: findOwnConfigured(facts, verdict),
    ours: findOurs(facts, { ...verdict, manager }),
  })
  return { wanted, changes: decideChanges(facts, { ...verdict, manager }, wanted) }
}

/** Files as they are after the changes. */
export function afterwards(facts: HostNetworkFacts, files: readonly { path: string; after: string | null }[]) {
  const all = new Map(facts.files)
  for (const { path, after } of files) {
    if (after === null) all.delete(path)
    else all.set(path, after)
  }
  return all
}
