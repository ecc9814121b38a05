import { describe, expect, it } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { planHostNetworks } from '../../../../../src/main/network/host-networks/plan-host-networks.ts'
import type { HostNetworkFacts } from '../../../../../src/main/network/on-host/host-facts.ts'
import type { Network } from '../../../../../src/shared/domain/index.ts'
import { HOST_A, makeModel } from '../../vm/make-model.ts'
import { address, afterwards, attach, changesOf, makeFacts, makeLink, makeNetwork, NOBODY } from './make-facts.ts'

const migration = makeNetwork(2, { name: 'migration', vlanId: 20, vmNetwork: false })
const hosts: Readonly<Record<string, HostNetworkFacts>> = {
  ifupdown: makeFacts(),
  networkd: makeFacts({
    managers: {
      ...NOBODY,
      networkd: new Map([['eth0', { setup: 'configured', file: '/etc/systemd/network/10.network' }]]),
    },
    files: new Map([['/etc/systemd/network/10.network', '[Match]\nName=eth0\n']]),
  }),
  'network-manager': makeFacts({
    managers: { ...NOBODY, networkManager: new Map([['eth0', { state: 'connected', connection: 'Wired' }]]) },
    files: new Map(),
  }),
  netplan: makeFacts({
    managers: {
      ...NOBODY,
      netplan: [{ path: '/etc/netplan/50-cloud-init.yaml', document: { network: { version: 2 } } }],
      networkd: new Map([['eth0', { setup: 'configured', file: '/run/x' }]]),
    },
    files: new Map(),
  }),
}
const files: Readonly<Record<string, string>> = {
  ifupdown: '/etc/network/interfaces.d/virtdeck',
  networkd: '/etc/systemd/network/05-virtdeck-eth1.20.network',
  'network-manager': '/etc/NetworkManager/system-connections/virtdeck-eth1.20.nmconnection',
  netplan: '/etc/netplan/90-virtdeck.yaml',
}
const auto = { method: 'auto' } as const
const dhcp = { method: 'dhcp' } as const
const fixed = { method: 'static', address: '2001:db8::7', prefix: 64, gateway: '2001:db8::1' } as const

describe('IPv6 of a network, as each manager of networks is told it', () => {
  it.each([
    ['ifupdown', auto, 'iface eth1.20 inet6 auto\n'],
    ['ifupdown', dhcp, 'iface eth1.20 inet6 dhcp\n'],
    ['ifupdown', fixed, 'iface eth1.20 inet6 static\n    address 2001:db8::7/64\n    gateway 2001:db8::1\n'],
    ['networkd', auto, 'DHCP=no\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=yes\n'],
    ['networkd', dhcp, 'DHCP=ipv6\nLinkLocalAddressing=ipv6\nIPv6AcceptRA=yes\n'],
    ['networkd', fixed, 'Address=2001:db8::7/64\nGateway=2001:db8::1\n'],
    ['network-manager', auto, '[ipv6]\ndns=2001:db8::53;\nmethod=auto\n'],
    ['network-manager', dhcp, '[ipv6]\ndns=2001:db8::53;\nmethod=dhcp\n'],
    ['network-manager', fixed, '[ipv6]\naddress1=2001:db8::7/64,2001:db8::1\ndns=2001:db8::53;\nmethod=manual\n'],
    ['netplan', auto, '      dhcp6: false\n      accept-ra: true\n'],
    ['netplan', dhcp, '      dhcp6: true\n      accept-ra: true\n'],
    [
      'netplan',
      fixed,
      '      addresses:\n        - "2001:db8::7/64"\n      routes:\n        - to: default\n          via: "2001:db8::1"\n',
    ],
  ] as const)('%s: %o', (manager, ipv6, expected) => {
    const facts = hosts[manager] ?? makeFacts()
    const wish = { attachments: [attach(2, 'eth1', { ipv6, dns: ['2001:db8::53'] })] }
    const { changes } = changesOf(facts, wish, [migration])
    expect(afterwards(facts, changes.files).get(files[manager] ?? '')).toContain(expected)
  })
})

describe('an IPv6 address that a host does not have yet', () => {
  const asked = (facts: HostNetworkFacts) => {
    const model = {
      ...makeModel(),
      networks: new EntityTable([[migration.id, { ...migration, clusters: [] } as never as Network] as const]),
    }
    const wish = { attachments: [attach(2, 'eth1', { ipv6: fixed })], bonds: [] }
    return planHostNetworks(
      model,
      { id: HOST_A, name: 'alpha', user: 'root' },
      facts,
      { attachments: [], bonds: [] },
      wish,
    ).addresses
  }

  it('is asked for on the wire, however it is written', () => {
    expect(asked(makeFacts())).toEqual([{ address: fixed.address, networkName: 'migration', nic: 'eth1', vlanId: 20 }])
    const links = [makeLink('eth0'), makeLink('eth1', { addresses: [address('2001:db8:0:0::7/64')] })]
    expect(asked(makeFacts({ links }))).toEqual([])
  })
})
