import { describe, expect, it } from 'vitest'
import { decideReachHost } from '../../../../../src/main/network/host-networks/decide-reach-plan.ts'
import { describeHostNetworks } from '../../../../../src/main/network/host-networks/describe-host-networks.ts'
import { askReachScript, parseReach } from '../../../../../src/main/network/on-host/ask-reach-script.ts'
import type { HostId } from '../../../../../src/shared/domain/index.ts'
import { address, attach, fixed, makeFacts, makeLink, makeNetwork } from './make-facts.ts'

const host = { id: '20000000-0000-4000-8000-000000000001' as HostId, name: 'one', user: 'root' }

describe('hosts that ask for each other over a network', () => {
  it('ask in packets of its MTU, without the headers of each family, and not all at once', () => {
    const script = askReachScript('eth1', [
      { address: '192.0.2.2', mtu: 9_000 },
      { address: '2001:db8::2', mtu: 9_000 },
    ])
    expect(script).toContain('ask 0 -4 192.0.2.2 8972 &')
    expect(script).toContain('ask 1 -6 2001:db8::2 8952 &')
    const many = askReachScript(
      'eth1',
      Array.from({ length: 70 }, () => ({ address: '192.0.2.2', mtu: 1_500 })),
    )
    expect(many.split('\n').filter((line) => line === 'wait')).toHaveLength(3)
  })

  it('hear nothing of who is not named', () => {
    expect(parseReach('reach=2 small\nnoise\nreach=0 full\nreach=9 full\n', 4)).toEqual([
      'reached',
      'silent',
      'small-only',
      'silent',
    ])
  })

  it.each([
    ['in the bridge of a network of machines', { vmNetwork: true, vlanId: null }, 'blue'],
    ['on the NIC itself', { vmNetwork: false, vlanId: null }, 'eth1'],
    ['on the interface of a VLAN', { vmNetwork: false, vlanId: 20 }, 'eth1.20'],
  ])('have their address %s', (_, more, interfaceName) => {
    const network = makeNetwork(1, { bridgeName: 'blue', ...more })
    const wish = { attachments: [attach(1, 'eth1', { ipv4: fixed('198.51.100.2/24') })], bonds: [] }
    const networks = new Map([[network.id, network]])
    const has = (name: string) =>
      name === interfaceName ? [address('2001:db8::2/64'), address('198.51.100.2/24')] : []
    const facts = makeFacts({
      links: [
        makeLink('eth0', { addresses: [address('192.0.2.10/24')] }),
        makeLink('eth1', { addresses: has('eth1') }),
        makeLink('eth1.20', { kind: 'vlan', vlanId: 20, parent: 'eth1', addresses: has('eth1.20') }),
        makeLink('blue', { kind: 'bridge', addresses: has('blue') }),
      ],
    })
    const of = (wished: typeof wish) => describeHostNetworks(host, facts, wished, networks, 0)
    expect(decideReachHost(of(wish), network)).toEqual({ hostId: host.id, interfaceName, address: '198.51.100.2' })
    expect(decideReachHost(of({ attachments: [], bonds: [] }), network)).toBeNull()
  })
})
