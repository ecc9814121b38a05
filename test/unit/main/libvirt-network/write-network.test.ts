import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildNetworkXml,
  type WantedNetwork,
  writeNetwork,
} from '../../../../src/main/libvirt-network/write-network.ts'
import { parseNetwork } from '../../../../src/main/xml/index.ts'

const UUID = '5f5ac7b2-4a05-4a0e-8c9e-2f3bd0b3c1a1'

/** As libvirt writes it, with what this program does not know. */
const KNOWN = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' connections='3'>
  <name>lab</name>
  <uuid>${UUID}</uuid>
  <metadata>
    <my:tag xmlns:my="urn:my">keep &amp; me</my:tag>
  </metadata>
  <forward dev='eth0' mode='nat'>
    <nat>
      <port start='1024' end='65535'/>
    </nat>
    <interface dev='eth0'/>
  </forward>
  <bridge name='virbr7' stp='on' delay='0'/>
  <mac address='52:54:00:7f:00:01'/>
  <domain name="lab.test" localOnly='yes'/>
  <dns>
    <txt name='example' value='a  b'/>
    <host ip='192.168.7.2'>
      <hostname>www</hostname>
    </host>
  </dns>
  <ip address='192.168.7.1' netmask='255.255.255.0'>
    <tftp root='/srv'/>
    <dhcp>
      <range start='192.168.7.100' end='192.168.7.200'>
        <lease expiry='2' unit='hours'/>
      </range>
      <host mac='52:54:00:AA:00:01' name='one' ip='192.168.7.11'>
        <lease expiry='0'/>
      </host>
      <!-- the printer -->
      <host mac='52:54:00:aa:00:02' ip='192.168.7.12'/>
      <bootp file='pxelinux.0'/>
    </dhcp>
  </ip>
  <portgroup name='slow'/>
  <dnsmasq:options>
    <dnsmasq:option value='dhcp-option=3'/>
  </dnsmasq:options>
</network>
`
const known = parseNetwork(KNOWN)
const { ipv4 } = known
if (ipv4?.dhcp === null || ipv4 === null) throw new Error('the sample has DHCP')
const { dhcp } = ipv4

const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), minLength: 1, maxLength: 5 })
const nullable = <Value>(values: fc.Arbitrary<Value>) => fc.option(values)
const address = fc.nat({ max: 254 }).map((last) => `10.0.0.${last}`)
const lease = fc.record({
  macAddress: fc.nat({ max: 255 }).map((byte) => `52:54:00:00:00:${byte.toString(16).padStart(2, '0')}`),
  clientId: fc.constant(null),
  name: nullable(text),
  address,
})
const range = fc.record({ start: address, end: address })
const ip = (prefix: number) =>
  nullable(
    fc.record({
      address,
      prefix: fc.constantFrom(prefix, prefix - 8),
      dhcp: nullable(
        fc.record({
          ranges: fc.uniqueArray(range, { maxLength: 3, selector: ({ start, end }) => `${start} ${end}` }),
          hosts: fc.uniqueArray(lease, { maxLength: 4, selector: ({ macAddress }) => macAddress }),
        }),
      ),
    }),
  )
const wanted: fc.Arbitrary<WantedNetwork> = fc.record({
  mode: fc.constantFrom('nat', 'route', 'isolated', 'open'),
  bridgeName: nullable(text),
  forwardDevice: fc.constant(null),
  domainName: nullable(text),
  mtu: nullable(fc.integer({ min: 68, max: 9_000 })),
  natIpv6: fc.constant(false),
  ipv4: ip(24),
  ipv6: fc.constantFrom(null, { address: 'fd00::1', prefix: 64, dhcp: null }),
  dns: fc.record({
    isEnabled: fc.boolean(),
    forwarders: fc.uniqueArray(fc.record({ address: nullable(address), domain: nullable(text) }), {
      maxLength: 3,
      selector: (each) => JSON.stringify(each),
    }),
    hosts: fc.uniqueArray(fc.record({ address, names: fc.array(text, { minLength: 1, maxLength: 2 }) }), {
      maxLength: 3,
      selector: (each) => each.address,
    }),
  }),
})

describe('the definition of a network', () => {
  it('reads what is set, and what libvirt leaves out', () => {
    expect(known).toMatchObject({ uuid: UUID, name: 'lab', mode: 'nat', forwardDevice: 'eth0', domainName: 'lab.test' })
    expect(known.ipv4).toMatchObject({ address: '192.168.7.1', prefix: 24 })
    expect(known.ipv4?.dhcp?.hosts[0]).toEqual({
      macAddress: '52:54:00:aa:00:01',
      clientId: null,
      name: 'one',
      address: '192.168.7.11',
    })
    expect(known.dns).toEqual({ isEnabled: true, forwarders: [], hosts: [{ address: '192.168.7.2', names: ['www'] }] })
    expect(parseNetwork('<network><name>a</name></network>')).toMatchObject({ mode: 'isolated', ipv4: null, mtu: null })
    expect(parseNetwork('<network><forward/></network>').mode).toBe('nat')
  })

  it('is not touched where nothing is to change', () => {
    expect(writeNetwork(KNOWN, known)).toBe(KNOWN)
  })

  it('says afterwards what was wanted, from whatever it was', () => {
    fc.assert(
      fc.property(wanted, wanted, (first, second) => {
        const made = buildNetworkXml('lab', UUID, first)
        expect(parseNetwork(made)).toEqual({ ...first, name: 'lab', uuid: UUID, otherAddresses: [] })
        const changed = writeNetwork(made, second)
        expect(parseNetwork(changed)).toEqual({ ...second, name: 'lab', uuid: UUID, otherAddresses: [] })
        expect(writeNetwork(changed, second)).toBe(changed)
      }),
    )
  })

  it('keeps what is not known here, whatever is changed', () => {
    fc.assert(
      fc.property(wanted, (next) => {
        const changed = writeNetwork(KNOWN, next)
        const kept = [
          "<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0' connections='3'>",
          'keep &amp; me</my:tag>',
          "<txt name='example' value='a  b'/>",
          "<mac address='52:54:00:7f:00:01'/>",
          "  <portgroup name='slow'/>\n  <dnsmasq:options>\n    <dnsmasq:option value='dhcp-option=3'/>\n  </dnsmasq:options>\n",
          ...(next.ipv4 === null ? [] : ["<tftp root='/srv'/>"]),
          ...(next.ipv4?.dhcp ? ["<bootp file='pxelinux.0'/>", '<!-- the printer -->'] : []),
        ]
        for (const piece of kept) expect(changed).toContain(piece)
      }),
    )
  })

  it('changes a fixed address and a range where they stand, with the time of their leases', () => {
    const next = {
      ...known,
      ipv4: {
        ...ipv4,
        dhcp: {
          ranges: [{ start: '192.168.7.100', end: '192.168.7.150' }],
          hosts: dhcp.hosts.map((host, index) => (index === 0 ? { ...host, address: '192.168.7.21' } : host)),
        },
      },
    }
    expect(writeNetwork(KNOWN, next)).toBe(
      KNOWN.replace("end='192.168.7.200'", "end='192.168.7.150'").replace("ip='192.168.7.11'", "ip='192.168.7.21'"),
    )
  })

  it('takes the settings of address translation away with it, and every word of the device', () => {
    const routed = writeNetwork(KNOWN, { ...known, mode: 'route', forwardDevice: null })
    expect(routed).toContain("<forward mode='route'>\n  </forward>")
    const six = writeNetwork(KNOWN, { ...known, natIpv6: true })
    expect(six).toBe(KNOWN.replace('<nat>', "<nat ipv6='yes'>"))
  })
})
