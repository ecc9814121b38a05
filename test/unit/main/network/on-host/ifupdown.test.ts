import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ifupdownInterfaces,
  parseInterfaces,
  setAside,
} from '../../../../../src/main/network/on-host/ifupdown/parse-interfaces.ts'
import { afterwards, attach, changesOf, fixed, makeFacts, makeLink, makeNetwork } from './make-facts.ts'

const MAIN = '/etc/network/interfaces'
const OWN = '/etc/network/interfaces.d/virtdeck'

describe('interfaces(5)', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'auto lo eth0',
      'iface eth0 inet dhcp',
      'iface eth1 inet6 static',
      'allow-hotplug eth1',
      '    address 1.2.3.4/5',
    ),
    fc.constantFrom(
      '# a remark',
      '',
      'source /etc/network/interfaces.d/*',
      '    up echo \\',
      'mapping eth*',
      'auto eth1 eth2',
    ),
  )
  const text = fc.array(line).map((lines) => lines.join('\n') + (lines.length > 0 ? '\n' : ''))

  it('is put together again as it was', () => {
    fc.assert(
      fc.property(text, (file) => {
        expect(
          parseInterfaces(file)
            .map((stanza) => stanza.text)
            .join(''),
        ).toBe(file)
      }),
    )
  })

  it('configures nothing of what was set aside, and all the others', () => {
    fc.assert(
      fc.property(text, (file) => {
        const aside = setAside(file, new Set(['eth0']))
        const interfaces = (of: string) => [...ifupdownInterfaces(new Map([[MAIN, of]]))].toSorted()
        expect(interfaces(aside)).toEqual(interfaces(file).filter((name) => name !== 'eth0'))
        expect(setAside(aside, new Set(['eth0']))).toBe(aside)
      }),
    )
  })

  it('keeps others on a shared line, and remarks where they stand', () => {
    const file =
      '# first\nauto eth0 eth1\niface eth0 inet static\n    address 10.0.0.5/24\n    # why\n    mtu 9000\n\niface eth1 inet dhcp\n'
    const aside = setAside(file, new Set(['eth0']))
    expect(aside).toBe(
      '# first\nauto eth1\n#virtdeck# auto eth0\n#virtdeck# iface eth0 inet static\n#virtdeck#     address 10.0.0.5/24\n    # why\n#virtdeck#     mtu 9000\n\niface eth1 inet dhcp\n',
    )
  })
})

describe('ifupdown', () => {
  const management = makeNetwork(1, { name: 'ovirtmgmt', bridgeName: 'ovirtmgmt' })
  const migration = makeNetwork(2, { name: 'migration', vlanId: 20, vmNetwork: false, mtu: 9_000 })

  it('moves the NIC’s address into the bridge, and sets its own stanza aside', () => {
    const facts = makeFacts()
    const { changes } = changesOf(
      facts,
      { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24', '192.0.2.1') })] },
      [management],
    )
    const files = afterwards(facts, changes.files)
    expect(files.get(MAIN)).toContain('#virtdeck# iface eth0 inet static\n#virtdeck#     address 192.0.2.10/24\n')
    // Debian's own file reads the folder only where it says so.
    expect(files.get(MAIN)).toMatch(/\nsource \/etc\/network\/interfaces\.d\/\*\n$/)
    expect(files.get(OWN)).toContain('iface eth0 inet manual\n')
    expect(files.get(OWN)).toContain(
      `iface ovirtmgmt inet static
    address 192.0.2.10/24
    gateway 192.0.2.1
    pre-up test -e /sys/class/net/ovirtmgmt || ip link add name ovirtmgmt address 52:54:00:00:00:02 type bridge stp_state 0 forward_delay 0
    pre-up ip link set dev eth0 master ovirtmgmt
    pre-up ip link set dev ovirtmgmt mtu 1500
    pre-up ip link set dev ovirtmgmt up
`,
    )
    expect(changes).toMatchObject({ changed: ['eth0', 'ovirtmgmt'], created: ['ovirtmgmt'], deleted: [] })
    expect(changes.release).toEqual(['ifdown --force eth0'])
    expect(changes.kernel.giveBack).toEqual([
      'ip link set dev eth0 nomaster mtu 1500 up',
      'ip address replace 192.0.2.10/24 dev eth0',
      'ip route replace default via 192.0.2.1 dev eth0',
    ])
  })

  it('moves an address from the NIC that has it, which then stays without one', () => {
    const facts = makeFacts()
    const wish = { attachments: [attach(1, 'eth1', { ipv4: fixed('192.0.2.10/24') })] }
    const { changes, wanted } = changesOf(facts, wish, [management])
    expect(wanted.find(({ name }) => name === 'eth0')).toMatchObject({ ipv4: { method: 'none' }, keepsOwn: false })
    expect(changes.changed).toEqual(['eth1', 'eth0', 'ovirtmgmt'])
    const there = makeFacts({
      files: afterwards(facts, changes.files),
      links: [makeLink('eth0'), makeLink('eth1', { master: 'ovirtmgmt' }), makeLink('ovirtmgmt', { kind: 'bridge' })],
    })
    const back = changesOf(there, {}, [management]).changes
    expect(back).toMatchObject({ deleted: ['ovirtmgmt'], changed: ['eth1'] })
    const files = afterwards(there, back.files)
    expect(files.get(OWN)).toContain('iface eth0 inet manual\n')
    expect(files.get(MAIN)).toContain('#virtdeck# iface eth0 inet static\n')
  })

  it('puts VLANs on a NIC and leaves what it has', () => {
    const facts = makeFacts()
    const { changes } = changesOf(facts, { attachments: [attach(2, 'eth0', { ipv4: fixed('198.51.100.7/24') })] }, [
      { ...migration, mtu: null },
    ])
    expect(changes.files.map(({ path }) => path).toSorted()).toEqual([MAIN, OWN])
    expect(changes.changed).toEqual(['eth0.20'])
    expect(changes.files.find(({ path }) => path === OWN)?.after).not.toContain('iface eth0 ')
  })

  it('makes a bond of NICs before what lies on it, and asks for the greatest MTU below', () => {
    const bonds = [
      {
        name: 'bond0',
        mode: '802.3ad' as const,
        nics: ['eth1', 'eth2'],
        options: { miimon: '100', lacp_rate: 'fast' },
      },
    ]
    const { changes, wanted } = changesOf(
      makeFacts(),
      { bonds, attachments: [attach(2, 'bond0', { ipv4: fixed('198.51.100.7/24') }), attach(1, 'bond0')] },
      [management, migration],
    )
    expect(changes.changed).toEqual(['eth1', 'eth2', 'bond0', 'bond0.20', 'ovirtmgmt'])
    expect(wanted.map(({ name, mtu }) => [name, mtu])).toEqual([
      ['eth1', 9_000],
      ['eth2', 9_000],
      ['bond0', 9_000],
      ['bond0.20', 9_000],
      ['ovirtmgmt', 1_500],
    ])
    expect(changes.files.find(({ path }) => path === OWN)?.after).toContain(
      'ip link add name bond0 type bond mode 802.3ad miimon 100 lacp_rate fast\n',
    )
  })

  it('has nothing to do where all is as it is wished', () => {
    const facts = makeFacts()
    const wish = { attachments: [attach(1, 'eth1')] }
    const { changes } = changesOf(facts, wish, [management])
    const there = makeFacts({
      files: afterwards(facts, changes.files),
      links: [
        ...facts.links.filter(({ name }) => name !== 'eth1'),
        makeLink('eth1', { master: 'ovirtmgmt' }),
        makeLink('ovirtmgmt', { kind: 'bridge' }),
      ],
    })
    expect(changesOf(there, wish, [management]).changes).toMatchObject({ isNothing: true, files: [], changed: [] })
  })
})
