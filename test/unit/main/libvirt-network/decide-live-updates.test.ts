import { describe, expect, it } from 'vitest'
import { encodeUpdate } from '../../../../src/main/libvirt-network/apply-live-updates.ts'
import { decideLiveUpdates } from '../../../../src/main/libvirt-network/decide-live-updates.ts'
import { decidePending } from '../../../../src/main/libvirt-network/decide-pending.ts'
import { parseNetwork } from '../../../../src/main/xml/index.ts'

const network = (dhcp: string, { dns = '', mtu = '', address = '10.1.0.1' } = {}) =>
  parseNetwork(`<network><name>a</name><bridge name='virbr1'/>${mtu}<dns>${dns}</dns>
    <ip family='ipv6' address='fd00::1' prefix='64'><dhcp><range start='fd00::10' end='fd00::20'/></dhcp></ip>
    <ip address='${address}' prefix='24'><dhcp>${dhcp}</dhcp></ip></network>`)

const ONE = "<host mac='52:54:00:00:00:01' ip='10.1.0.11'/>"
const TWO = "<host mac='52:54:00:00:00:02' ip='10.1.0.11'/>"
const WWW = "<host ip='10.1.0.11'><hostname>www</hostname></host>"

describe('a running network', () => {
  it('is changed without starting it anew where libvirt can: what goes first, as it frees what comes', () => {
    const running = network(`<range start='10.1.0.100' end='10.1.0.120'/>${ONE}`)
    const next = network(`<range start='10.1.0.100' end='10.1.0.130'/>${TWO}`, { dns: WWW })
    const updates = decideLiveUpdates(running, next)
    expect(updates.map(({ command, section }) => `${command} ${section}`)).toEqual([
      'delete dhcp-host',
      'delete dhcp-range',
      'add dhcp-range',
      'add dhcp-host',
      'add dns-host',
    ])
    expect(updates[3]?.xml).toBe(TWO)
    expect(decidePending(running, next)).toEqual(['dhcpRanges', 'dhcpHosts', 'dnsHosts'])
  })

  it('waits for its next start with the rest', () => {
    const running = network(ONE)
    const next = network(ONE, { address: '10.1.0.2', mtu: "<mtu size='1400'/>" })
    expect(decideLiveUpdates(running, next)).toEqual([])
    expect(decidePending(running, next)).toEqual(['mtu', 'ipv4'])
  })

  it('has nothing to wait for where only the order differs, or libvirt chose the name of the bridge', () => {
    expect(decidePending(network(ONE + TWO), { ...network(TWO + ONE), bridgeName: null })).toEqual([])
  })

  it('is told in the order of the wire that its daemon understands', () => {
    const update = { command: 'add', section: 'dns-host', parentIndex: -1, xml: '<host/>' } as const
    expect(encodeUpdate(update, true)).toMatchObject({ command: 3, section: 10 })
    expect(encodeUpdate(update, false)).toMatchObject({ command: 10, section: 3 })
  })
})
