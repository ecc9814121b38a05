import { describe, expect, it } from 'vitest'
import { decideSettingsRefusal } from '../../../../src/main/libvirt-network/decide-settings-refusal.ts'
import type { ToldNetwork } from '../../../../src/main/libvirt-network/fetch-networks.ts'
import { parseSurroundings } from '../../../../src/main/libvirt-network/host-surroundings.ts'
import type { WantedNetwork } from '../../../../src/main/libvirt-network/write-network.ts'
import type { IpSettings, StaticLease } from '../../../../src/shared/domain/index.ts'

const PLAIN: WantedNetwork = {
  mode: 'nat',
  bridgeName: null,
  forwardDevice: null,
  domainName: null,
  mtu: null,
  natIpv6: false,
  ipv4: { address: '10.9.0.1', prefix: 24, dhcp: null },
  ipv6: null,
  dns: { isEnabled: true, forwarders: [], hosts: [] },
}

function told(name: string, change: Partial<ToldNetwork> = {}): ToldNetwork {
  return {
    ...PLAIN,
    id: name,
    name,
    bridgeName: `virbr-${name}`,
    isActive: true,
    isPersistent: true,
    autostart: true,
    otherAddresses: [],
    pending: [],
    leases: [],
    xml: '',
    asOf: 0,
    ...change,
  }
}

const surroundings =
  parseSurroundings(`1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.168.50.7/24 brd 192.168.50.255 scope global eth0\\       valid_lft forever preferred_lft forever
2: eth0    inet6 fd50::7/64 scope global \\       valid_lft forever preferred_lft forever
7: virbr-a    inet 10.1.0.1/24 scope global virbr-a\\       valid_lft forever preferred_lft forever
device lo
device eth0
bridge br0
bridge virbr-a
`)
const others = [
  told('a', { ipv4: { address: '10.1.0.1', prefix: 24, dhcp: null }, otherAddresses: ['10.2.0.1/24'] }),
  told('b', { ipv4: null, ipv6: { address: 'fd0b::1', prefix: 64, dhcp: null } }),
]
const refusal = (change: Partial<WantedNetwork>, before: ToldNetwork | null = null, name = 'new') =>
  decideSettingsRefusal({
    name,
    hostName: 'node1',
    wanted: { ...PLAIN, ...change },
    before,
    others,
    surroundings,
  })?.code.replace('libvirt-network.', '') ?? null

const lease = (change: Partial<StaticLease>): StaticLease => ({
  macAddress: '52:54:00:00:00:01',
  clientId: null,
  name: null,
  address: '10.9.0.11',
  ...change,
})
const dhcp = (change: Partial<NonNullable<IpSettings['dhcp']>>): Partial<WantedNetwork> => ({
  ipv4: { address: '10.9.0.1', prefix: 24, dhcp: { ranges: [], hosts: [], ...change } },
})
const ipv4 = (address: string, prefix: number) => ({ ipv4: { address, prefix, dhcp: null } })
const six = (address: string, prefix: number, hosts: StaticLease[] | null = null) => ({
  ipv6: { address, prefix, dhcp: hosts === null ? null : { ranges: [], hosts } },
})

describe('what a network of a host may be', () => {
  it.each<[string, Partial<WantedNetwork>, string | null]>([
    ['a subnet of its own', {}, null],
    ['both families', six('fd09::1', 64), null],
    ['nat without an address', { ipv4: null }, 'needs-address'],
    ['isolated without an address', { mode: 'isolated', ipv4: null }, null],
    ['a bridge that is there', { mode: 'bridge', bridgeName: 'br0', ipv4: null }, null],
    ['a device that is no bridge', { mode: 'bridge', bridgeName: 'eth0', ipv4: null }, 'bridge-missing'],
    ['a bridge without a name', { mode: 'bridge', ipv4: null }, 'needs-bridge'],
    ['a bridge with an address', { mode: 'bridge', bridgeName: 'br0' }, 'not-with-mode'],
    ['a device to leave by, isolated', { mode: 'isolated', forwardDevice: 'eth0' }, 'not-with-mode'],
    ['translated IPv6, routed', { mode: 'route', natIpv6: true }, 'not-with-mode'],
    ['a bridge that another network has', { bridgeName: 'virbr-b' }, 'bridge-taken'],
    ['a bridge called as a device', { bridgeName: 'eth0' }, 'bridge-taken'],
    ['the subnet of another', ipv4('10.1.0.200', 25), 'subnet-overlaps'],
    ['a subnet around another', ipv4('10.1.77.1', 16), 'subnet-overlaps'],
    ['the second subnet of another', ipv4('10.2.0.9', 28), 'subnet-overlaps'],
    ['the IPv6 subnet of another', six('fd0b::ff', 64), 'subnet-overlaps'],
    ['the host’s own subnet', ipv4('192.168.50.254', 24), 'subnet-on-host'],
    ['a subnet around the host’s', ipv4('192.168.0.1', 16), 'subnet-on-host'],
    ['the host’s own IPv6 subnet', six('fd50::1', 64), 'subnet-on-host'],
    ['the address of the subnet', ipv4('10.9.0.0', 24), 'address-not-usable'],
    ['its broadcast address', ipv4('10.9.0.255', 24), 'address-not-usable'],
    ['no room', ipv4('10.9.0.1', 31), 'prefix-too-long'],
    ['no such prefix', ipv4('10.9.0.1', 64), 'prefix-too-long'],
    ['the other family', { ipv4: { address: 'fd09::1', prefix: 24, dhcp: null } }, 'wrong-family'],
    ['DHCP in a large IPv6 subnet', six('fd09::1', 48, []), 'prefix-too-short'],
    ['a large IPv6 subnet', six('fd09::1', 48), null],
    ['an empty forwarder', { dns: { ...PLAIN.dns, forwarders: [{ address: null, domain: null }] } }, 'forwarder-empty'],
    ['a range', dhcp({ ranges: [{ start: '10.9.0.10', end: '10.9.0.20' }] }), null],
    ['a range outside', dhcp({ ranges: [{ start: '10.9.0.200', end: '10.9.1.20' }] }), 'range-outside-subnet'],
    ['a range of the other family', dhcp({ ranges: [{ start: 'fd09::1', end: 'fd09::2' }] }), 'range-outside-subnet'],
    ['a range backwards', dhcp({ ranges: [{ start: '10.9.0.20', end: '10.9.0.10' }] }), 'range-backwards'],
    [
      'ranges that overlap',
      dhcp({
        ranges: [
          { start: '10.9.0.10', end: '10.9.0.20' },
          { start: '10.9.0.20', end: '10.9.0.30' },
        ],
      }),
      'ranges-overlap',
    ],
    ['a fixed address', dhcp({ hosts: [lease({})] }), null],
    ['a fixed address outside', dhcp({ hosts: [lease({ address: '10.9.1.11' })] }), 'lease-outside-subnet'],
    ['the host’s own', dhcp({ hosts: [lease({ address: '10.9.0.1' })] }), 'lease-twice'],
    ['the same MAC twice', dhcp({ hosts: [lease({}), lease({ address: '10.9.0.12' })] }), 'lease-twice'],
    ['the same address twice', dhcp({ hosts: [lease({}), lease({ macAddress: '52:54:00:00:00:02' })] }), 'lease-twice'],
    ['for nobody', dhcp({ hosts: [lease({ macAddress: null })] }), 'lease-for-nobody'],
    ['IPv6 by MAC address', six('fd09::1', 64, [lease({ address: 'fd09::11' })]), 'lease-for-nobody'],
    ['IPv6 by name', six('fd09::1', 64, [lease({ macAddress: null, name: 'web', address: 'fd09::11' })]), null],
    [
      'one IPv6 address in two forms',
      six('fd09::1', 64, [
        lease({ macAddress: null, name: 'web', address: 'fd09::11' }),
        lease({ macAddress: null, name: 'db', address: 'fd09:0:0::0011' }),
      ]),
      'lease-twice',
    ],
  ])('%s', (_what, change, expected) => {
    expect(refusal(change)).toBe(expected)
  })

  it('has a name of its own, and keeps its kind of mode', () => {
    expect(refusal({}, null, 'a')).toBe('name-taken')
    expect(refusal({ mode: 'route' }, told('new'))).toBeNull()
    expect(refusal({ mode: 'bridge', bridgeName: 'br0', ipv4: null }, told('new'))).toBe('mode-fixed')
    expect(refusal({ mode: 'nat' }, told('new', { mode: 'hostdev' }))).toBe('mode-fixed')
  })

  it('may keep what it has itself', () => {
    const before = told('a', { ipv4: { address: '10.1.0.1', prefix: 24, dhcp: null } })
    const wanted = { ...PLAIN, bridgeName: 'virbr-a', ipv4: before.ipv4 }
    expect(
      decideSettingsRefusal({ name: 'a', hostName: 'node1', wanted, before, others: others.slice(1), surroundings }),
    ).toBeNull()
  })
})
