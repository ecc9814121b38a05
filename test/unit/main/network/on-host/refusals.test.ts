import { describe, expect, it } from 'vitest'
import { parseTrialState } from '../../../../../src/main/network/on-host/change-scripts.ts'
import { compareNetworks } from '../../../../../src/main/network/on-host/compare-networks.ts'
import { decideRefusals, isInSubnet } from '../../../../../src/main/network/on-host/decide-refusals.ts'
import type { HostNetworkFacts } from '../../../../../src/main/network/on-host/host-facts.ts'
import { parseFacts } from '../../../../../src/main/network/on-host/parse-facts.ts'
import type { HostNetworkWish, PlannedNetwork } from '../../../../../src/main/network/on-host/wanted-interfaces.ts'
import type { NetworkRole } from '../../../../../src/shared/domain/index.ts'
import { address, attach, changesOf, fixed, makeFacts, makeLink, makeNetwork, networkId } from './make-facts.ts'

const management = makeNetwork(1, { name: 'ovirtmgmt' })
const migration = makeNetwork(2, { name: 'migration', vlanId: 20, vmNetwork: false })
const backup = makeNetwork(3, { name: 'backup', vlanId: 20, vmNetwork: false })
const jumbo = makeNetwork(4, { name: 'jumbo', vmNetwork: false, mtu: 9_001 })
const networks = [management, migration, backup, jumbo]

function refusalsOf(
  wish: Partial<HostNetworkWish>,
  facts: HostNetworkFacts = makeFacts(),
  roles: readonly NetworkRole[] | null = [],
) {
  const whole = { attachments: [], bonds: [], ...wish }
  const { wanted, changes } = changesOf(facts, whole, networks)
  return decideRefusals({
    hostName: 'alpha',
    clusterName: 'Default',
    facts,
    before: { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24') })], bonds: [] },
    ours: new Set(
      ['ovirtmgmt'].filter((name) => facts.files.get('/etc/network/interfaces.d/virtdeck')?.includes(name)),
    ),
    wish: whole,
    networks: new Map<PlannedNetwork['id'], PlannedNetwork>(networks.map((network) => [network.id, network])),
    rolesOf: () => roles,
    wanted,
    deleted: changes.deleted,
    changed: changes.changed,
  }).map(({ code }) => code)
}

describe('decideRefusals', () => {
  const bond = (nics: string[], options = {}) => ({ name: 'bond0', mode: 'active-backup' as const, nics, options })

  it.each<[string, Partial<HostNetworkWish>, readonly string[]]>([
    ['nothing wrong', { attachments: [attach(2, 'eth1')] }, []],
    ['no such NIC', { attachments: [attach(2, 'eth9')] }, ['network.nic-missing']],
    ['no such NIC in a bond', { bonds: [bond(['eth1', 'eth9'])] }, ['network.nic-missing']],
    [
      'a network on a NIC of a bond',
      { bonds: [bond(['eth1', 'eth2'])], attachments: [attach(2, 'eth1')] },
      ['network.nic-in-bond'],
    ],
    [
      'an option that nobody has a word for',
      { bonds: [bond(['eth1'], { tlb_dynamic_lb: '1' })] },
      ['network.bond-option-unknown'],
    ],
    ['one VLAN twice', { attachments: [attach(2, 'eth1'), attach(3, 'eth1')] }, ['network.vlan-overlaps-on-nic']],
    ['one VLAN on two NICs', { attachments: [attach(2, 'eth1'), attach(3, 'eth2')] }, []],
    [
      'two untagged',
      { attachments: [attach(1, 'eth1'), attach(4, 'eth1')] },
      ['network.second-untagged', 'network.mtu-over-nic'],
    ],
    ['more than the NIC takes', { attachments: [attach(4, 'eth1')] }, ['network.mtu-over-nic']],
    [
      'a gateway elsewhere',
      { attachments: [attach(2, 'eth1', { ipv4: fixed('198.51.100.7/24', '203.0.113.1') })] },
      ['network.gateway-outside-subnet'],
    ],
    [
      'two gateways',
      {
        attachments: [
          attach(2, 'eth1', { ipv4: fixed('198.51.100.7/24', '198.51.100.1') }),
          attach(1, 'eth2', { ipv4: fixed('203.0.113.7/24', '203.0.113.1') }),
        ],
      },
      ['network.second-gateway'],
    ],
    [
      'our address away from its NIC',
      { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.99/24') })] },
      ['network.carries-our-connection'],
    ],
    ['our address in the bridge', { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24') })] }, []],
    [
      'our address on another NIC: it is tried',
      { attachments: [attach(1, 'eth1', { ipv4: fixed('192.0.2.10/24') })] },
      [],
    ],
  ])('%s', (_, wish, codes) => {
    expect(refusalsOf(wish)).toEqual(codes)
  })

  it('asks for an address where a role needs one, and for the cluster to have the network', () => {
    expect(refusalsOf({ attachments: [attach(2, 'eth1')] }, makeFacts(), ['migration'])).toEqual([
      'network.role-needs-address',
    ])
    expect(refusalsOf({ attachments: [attach(2, 'eth1')] }, makeFacts(), null)).toEqual(['network.not-in-cluster'])
  })

  it('takes no bridge of somebody else, and none away that machines are in', () => {
    const bridge = makeLink('ovirtmgmt', { kind: 'bridge' })
    const tap = makeLink('vnet0', { kind: 'tun', master: 'ovirtmgmt' })
    const foreign = makeFacts({ links: [...makeFacts().links, bridge, tap] })
    expect(refusalsOf({ attachments: [attach(1, 'eth1')] }, foreign)).toEqual(['network.bridge-name-taken'])
    const files = new Map([
      ...foreign.files,
      ['/etc/network/interfaces.d/virtdeck', 'auto ovirtmgmt\niface ovirtmgmt inet manual\n'],
    ])
    expect(refusalsOf({ attachments: [attach(1, 'eth1')] }, { ...foreign, files })).toEqual([])
    expect(refusalsOf({}, { ...foreign, files })).toEqual(['network.in-use'])
  })

  it.each([
    ['192.0.2.1', '192.0.2.10', 24, true],
    ['192.0.3.1', '192.0.2.10', 24, false],
    ['192.0.3.1', '192.0.2.10', 23, true],
    ['2001:db8::1', '2001:db8:0:0:1::', 64, true],
    ['fe80::1', '2001:db8::', 64, false],
    ['nonsense', '192.0.2.10', 24, false],
  ])('%s is in the subnet of %s/%i: %s', (one, other, prefix, is) => {
    expect(isInSubnet(one, other, prefix)).toBe(is)
  })
})

describe('compareNetworks', () => {
  const wish = { bonds: [], attachments: [attach(2, 'eth1', { ipv4: fixed('198.51.100.7/24') })] }
  const known = new Map([[networkId(2), migration]])
  const vlan = (more = {}) =>
    makeLink('eth1.20', { kind: 'vlan', parent: 'eth1', vlanId: 20, addresses: [address('198.51.100.7/24')], ...more })
  const compare = (...links: ReturnType<typeof vlan>[]) =>
    compareNetworks(wish, known, { links: [makeLink('eth1'), ...links], routes: [], dns: [] }, true)[0]

  it('finds what is wished, what is other, and what is not there', () => {
    expect(compare(vlan())).toMatchObject({ status: 'in-sync', differences: [], linkUp: true })
    expect(compare()).toMatchObject({ status: 'missing' })
    expect(compare(vlan({ mtu: 1_400, addresses: [address('198.51.100.8/24')] }))).toMatchObject({
      status: 'out-of-sync',
      differences: [
        { field: 'mtu', wanted: '1500', actual: '1400' },
        { field: 'ipv4', wanted: '198.51.100.7/24', actual: '198.51.100.8/24' },
      ],
    })
  })
})

describe('what a host prints', () => {
  it('is read as far as it is as expected, whatever else is in it', () => {
    const link = {
      ifindex: 2,
      ifname: 'eth0',
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      link_type: 'ether',
      address: '52:54:00:00:00:02',
    }
    const facts = parseFacts(
      [
        'ssh=192.0.2.10',
        `links=${JSON.stringify([link, { ifname: 'a b', ifindex: 'x' }, null])}`,
        `addresses=${JSON.stringify([{ ifname: 'eth0', addr_info: [{ family: 'inet', local: '192.0.2.10', prefixlen: 24, scope: 'global', dynamic: true }, {}] }])}`,
        'routes=cut off [',
        'nic=eth0|-1|unknown|e1000e|0000:00:1f.6|8|2',
        'nm=running',
        'nm.device=eth0:connected:Wired\\: one',
        'no line at all',
      ].join('\n'),
    )
    expect(facts).toMatchObject({
      sshAddress: '192.0.2.10',
      routes: [],
      links: [
        {
          name: 'eth0',
          linkUp: true,
          speedMbps: null,
          pciAddress: '0000:00:1f.6',
          sriov: { total: 8, inUse: 2 },
          addresses: [{ isDynamic: true }],
        },
      ],
    })
    expect(facts.managers.networkManager?.get('eth0')).toEqual({ state: 'connected', connection: 'Wired: one' })
  })

  it.each([
    ['absent', 'absent'],
    ['', 'armed'],
    ['applying', 'applying'],
    ['applying\napplied=0', 'applied'],
    ['applying\napplied=1', 'apply-failed'],
    ['end1\napplying\napplied=0', 'going-back'],
    ['end1\nback\napplying', 'back'],
    ['end1\nconfirmed\napplying\napplied=0', 'confirmed'],
    ['end1\nend2\nconfirmed\napplied=0', 'going-back'],
    ['end1\nend2\nconfirmed\nkept\napplied=0\nrebooted', 'kept'],
    ['end1\nconfirmed\napplied=0\nrebooted', 'rebooted'],
  ])('%j means %s', (output, stage) => {
    expect(parseTrialState(output).stage).toBe(stage)
  })
})
