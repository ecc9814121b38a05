import { describe, expect, it } from 'vitest'
import { decideManager, takesUpDns } from '../../../../../src/main/network/on-host/decide-manager.ts'
import type { HostNetworkFacts } from '../../../../../src/main/network/on-host/host-facts.ts'
import { formatYaml } from '../../../../../src/main/network/on-host/netplan/format-yaml.ts'
import { vlanInterfaceName } from '../../../../../src/main/network/on-host/wanted-interfaces.ts'
import { afterwards, attach, changesOf, fixed, makeFacts, makeLink, makeNetwork, NOBODY } from './make-facts.ts'

const nm = (connection: string, state = 'connected') => new Map([['eth0', { state, connection }]])
const networkd = (file: string | null, setup = 'configured') => new Map([['eth0', { setup, file }]])
const netplan = (network: unknown, path = '/etc/netplan/50-cloud-init.yaml') => [{ path, document: { network } }]

describe('decideManager', () => {
  it.each<[string, Partial<HostNetworkFacts['managers']>, object]>([
    ['ifupdown with a NIC', { hasIfupdown: true }, { manager: 'ifupdown', reason: null }],
    [
      'NetworkManager beside an ifupdown that has the NIC',
      { hasIfupdown: true, networkManager: nm('', 'unmanaged') },
      { manager: 'ifupdown', reason: null },
    ],
    [
      'networkd with a NIC',
      { networkd: networkd('/etc/systemd/network/10.network') },
      { manager: 'networkd', reason: null },
    ],
    [
      'two with a NIC',
      { hasIfupdown: true, networkManager: nm('Wired') },
      { manager: 'unknown', reason: 'mixed', others: ['network-manager', 'ifupdown'] },
    ],
    [
      'netplan for networkd',
      { netplan: netplan({ version: 2 }), networkd: networkd('/run/x') },
      { manager: 'netplan', renderer: 'networkd', reason: null },
    ],
    [
      'netplan for NetworkManager',
      { netplan: netplan({ renderer: 'NetworkManager' }), networkManager: nm('netplan-eth0') },
      { manager: 'netplan', renderer: 'network-manager' },
    ],
    [
      'netplan that cannot be read',
      { netplan: [{ path: '/etc/netplan/a.yaml', document: null }] },
      { manager: 'netplan', reason: 'netplan-unreadable' },
    ],
    [
      'nmstate above NetworkManager',
      { hasNmstate: true, networkManager: nm('eth0') },
      { manager: 'nmstate', reason: 'nmstate' },
    ],
    [
      'Open vSwitch that has a NIC',
      { openVswitchBridges: ['eth0'], hasIfupdown: true },
      { manager: 'open-vswitch', reason: 'open-vswitch' },
    ],
    [
      'Open vSwitch that has none',
      { openVswitchBridges: ['br-int'], hasIfupdown: true },
      { manager: 'ifupdown', reason: null },
    ],
    [
      'one that gave no answer beside an ifupdown that has the NIC',
      { hasIfupdown: true, silent: 'nmcli' },
      { manager: 'unknown', reason: 'silent' },
    ],
    ['nobody', {}, { manager: 'unknown', reason: 'none' }],
  ])('%s', (_, managers, verdict) => {
    expect(decideManager(makeFacts({ managers: { ...NOBODY, ...managers } }))).toMatchObject(verdict)
  })

  it('shows only, where nobody can be root', () => {
    expect(decideManager(makeFacts({ canBeRoot: false }))).toMatchObject({ manager: 'ifupdown', reason: 'no-root' })
  })
})

describe('takesUpDns', () => {
  it.each([
    ['ifupdown', null, { hasResolvconf: true, hasResolved: false }, true],
    ['ifupdown', null, { hasResolvconf: false, hasResolved: true }, false],
    ['networkd', null, { hasResolvconf: true, hasResolved: false }, false],
    ['networkd', null, { hasResolvconf: false, hasResolved: true }, true],
    ['netplan', 'networkd', { hasResolvconf: false, hasResolved: false }, false],
    ['netplan', 'network-manager', { hasResolvconf: false, hasResolved: false }, true],
    ['network-manager', null, { hasResolvconf: false, hasResolved: false }, true],
  ] as const)('%s for %s with %o: %s', (manager, renderer, has, expected) => {
    expect(takesUpDns({ manager, renderer }, has)).toBe(expected)
  })
})

const management = makeNetwork(1, { name: 'ovirtmgmt' })
const migration = makeNetwork(2, { name: 'migration', vlanId: 20, vmNetwork: false })
const moved = { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24', '192.0.2.1'), dns: ['192.0.2.53'] })] }
const tagged = { attachments: [attach(2, 'eth0', { ipv4: fixed('198.51.100.7/24') })] }
const bonded = {
  bonds: [{ name: 'bond0', mode: 'active-backup' as const, nics: ['eth1', 'eth2'], options: { miimon: '100' } }],
  attachments: [attach(2, 'bond0', { ipv4: { method: 'dhcp' } })],
}

describe('systemd-networkd', () => {
  const original = '/etc/systemd/network/10-all.network'
  const facts = makeFacts({
    managers: { ...NOBODY, networkd: networkd(original) },
    files: new Map([[original, '[Match]\nName=eth*\n\n[Network]\nAddress=192.0.2.10/24\n']]),
  })

  it('moves a NIC into a bridge by files that come before all others, which stay', () => {
    const { changes } = changesOf(facts, moved, [management])
    const files = afterwards(facts, changes.files)
    expect(files.get(original)).toBe(facts.files.get(original))
    expect(files.get('/etc/systemd/network/05-virtdeck-eth0.network')).toContain('[Match]\nName=eth0\n')
    expect(files.get('/etc/systemd/network/05-virtdeck-eth0.network')).toContain('Bridge=ovirtmgmt\n')
    expect(files.get('/etc/systemd/network/05-virtdeck-ovirtmgmt.netdev')).toContain(
      'Kind=bridge\nMTUBytes=1500\nMACAddress=52:54:00:00:00:02\n',
    )
    expect(files.get('/etc/systemd/network/05-virtdeck-ovirtmgmt.network')).toContain(
      'Address=192.0.2.10/24\nGateway=192.0.2.1\nDNS=192.0.2.53\n',
    )
    expect(changes.apply[0]).toBe('networkctl reload')
  })

  it('keeps what the host gives a NIC that VLANs come on, and no other NIC gets them', () => {
    const { changes } = changesOf(facts, tagged, [migration])
    const files = afterwards(facts, changes.files)
    const copy = files.get('/etc/systemd/network/05-virtdeck-eth0.network') ?? ''
    expect(copy).toContain('[Match]\nName=eth0\n\n[Network]\nAddress=192.0.2.10/24\n')
    expect(copy).toMatch(/\[Network\]\nVLAN=eth0\.20\n$/)
    expect(copy).not.toContain('eth*')
    expect(changes.changed).toEqual(['eth0.20'])

    // Set up again with another VLAN, the copy keeps what it was made of.
    const there = {
      ...facts,
      files,
      managers: { ...NOBODY, networkd: networkd('/etc/systemd/network/05-virtdeck-eth0.network') },
    }
    const again = changesOf(there, tagged, [{ ...migration, vlanId: 30 }]).changes
    expect(afterwards(there, again.files).get('/etc/systemd/network/05-virtdeck-eth0.network')).toBe(
      copy.replace('eth0.20', 'eth0.30'),
    )
    expect([...afterwards(there, again.files).keys()].join()).not.toContain('eth0.20')
  })

  it('makes a bond', () => {
    const files = afterwards(facts, changesOf(facts, bonded, [migration]).changes.files)
    expect(files.get('/etc/systemd/network/05-virtdeck-bond0.netdev')).toContain(
      '[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\n',
    )
    expect(files.get('/etc/systemd/network/05-virtdeck-eth1.network')).toContain('Bond=bond0\n')
    expect(files.get('/etc/systemd/network/05-virtdeck-bond0.network')).toMatch(/\[Network\]\nVLAN=bond0\.20\n$/)
    expect(files.get('/etc/systemd/network/05-virtdeck-bond0.20.network')).toContain('DHCP=ipv4\n')
  })
})

describe('NetworkManager', () => {
  const facts = makeFacts({ managers: { ...NOBODY, networkManager: nm('Wired connection 1') }, files: new Map() })
  const path = (name: string) => `/etc/NetworkManager/system-connections/virtdeck-${name}.nmconnection`

  it('moves a NIC into a bridge by profiles of its own', () => {
    const { changes } = changesOf(facts, moved, [management])
    const files = afterwards(facts, changes.files)
    const bridge = files.get(path('ovirtmgmt')) ?? ''
    const uuid = /^uuid=(.+)$/m.exec(bridge)?.[1]
    expect(bridge).toContain('[ipv4]\naddress1=192.0.2.10/24,192.0.2.1\ndns=192.0.2.53;\nmethod=manual\n')
    expect(files.get(path('eth0'))).toContain(`master=${uuid}\nslave-type=bridge\n`)
    expect(changes.apply).toEqual([
      'nmcli connection reload',
      `nmcli --wait 0 connection up uuid ${uuid}`,
      expect.stringMatching(/^nmcli --wait 30 connection up uuid /),
    ])
    expect(changes.restore).toEqual(['nmcli connection reload', 'nmcli --wait 30 device connect eth0'])
  })

  it('brings back first what the host is reached by, waits for no other NIC, and has no profile written for one that had none', () => {
    const connections = { eth0: 'Wired', eth1: 'Wired connection 2', eth2: '' }
    const networkManager = new Map(
      Object.entries(connections).map(([name, connection]) => [name, { state: 'connected', connection }]),
    )
    const withBond = { ...moved, bonds: bonded.bonds }
    const { changes } = changesOf({ ...facts, managers: { ...NOBODY, networkManager } }, withBond, [management])
    expect(changes.restore).toEqual([
      'nmcli connection reload',
      'nmcli --wait 30 device connect eth0',
      'nmcli --wait 0 device connect eth1',
    ])
  })

  it('puts VLANs on a NIC and leaves its profile', () => {
    const { changes } = changesOf(facts, tagged, [migration])
    expect(changes.files.map((file) => file.path)).toEqual([path('eth0.20')])
    expect(changes.files[0]?.after).toContain('[vlan]\nflags=1\nid=20\nparent=eth0\n')
  })
})

describe('netplan', () => {
  const installed = '/etc/netplan/50-cloud-init.yaml'
  const identity = { match: { macaddress: '52:54:00:00:00:02' }, 'set-name': 'eth0' }
  const network = {
    version: 2,
    ethernets: { id0: { ...identity, addresses: ['192.0.2.10/24'] }, eth2: { dhcp4: true } },
  }
  const facts = makeFacts({
    managers: { ...NOBODY, netplan: netplan(network) },
    files: new Map([[installed, 'as it was']]),
  })

  it('takes a NIC over from the file that has it, with what says which NIC it is', () => {
    const { changes } = changesOf(facts, moved, [management])
    const files = afterwards(facts, changes.files)
    expect(files.get(installed)).toBe('network:\n  version: 2\n  ethernets:\n    eth2:\n      dhcp4: true\n')
    expect(files.get('/etc/netplan/90-virtdeck.yaml')).toContain(
      'ethernets:\n    id0:\n      match:\n        macaddress: "52:54:00:00:00:02"\n      set-name: eth0\n',
    )
    expect(files.get('/etc/netplan/90-virtdeck.yaml')).toContain('interfaces:\n        - id0\n')
    expect(changes.apply).toEqual(['netplan apply'])
  })

  it('puts VLANs on a NIC by the name that netplan has for it, and changes no other file', () => {
    const { changes } = changesOf(facts, tagged, [migration])
    expect(changes.files.map(({ path }) => path)).toEqual(['/etc/netplan/90-virtdeck.yaml'])
    expect(changes.files[0]?.after).toContain('eth0.20:\n      id: 20\n      link: id0\n')
  })

  it('writes YAML that has one meaning', () => {
    const value = {
      yes: 'no',
      plain: 'eth0.20',
      empty: [],
      'a b': [{ to: 'default', via: '::1' }, 'x:y'],
      none: null,
      deep: { '1': 1.5 },
    }
    expect(formatYaml(value)).toBe(
      '"yes": "no"\nplain: eth0.20\nempty: []\n"a b":\n  - to: default\n    via: "::1"\n  - "x:y"\nnone: null\ndeep:\n  "1": 1.5\n',
    )
  })
})

describe('vlanInterfaceName', () => {
  it.each([
    ['eth0', 20, 'eth0.20'],
    ['enp129s0f0np0', 4_000, 'v29s0f0np0.4000'],
  ])('%s with %i is %s', (nic, vlanId, name) => {
    expect(vlanInterfaceName(nic, vlanId).length).toBeLessThanOrEqual(15)
    expect(vlanInterfaceName(nic, vlanId)).toBe(name)
  })
})

it('takes no bridge that is unchanged down, so that machines keep their network', () => {
  const facts = makeFacts({ links: [...makeFacts().links, makeLink('ovirtmgmt', { kind: 'bridge' })] })
  const { changes } = changesOf(facts, { attachments: [attach(2, 'eth1', { ipv4: fixed('198.51.100.7/24') })] }, [
    migration,
  ])
  expect(changes.changed).not.toContain('ovirtmgmt')
})
