import { describe, expect, it } from 'vitest'
import { findOwnAddress } from '../../../../../src/main/network/on-host/find-own-address.ts'
import type { HostNetworkFacts, LinkFacts } from '../../../../../src/main/network/on-host/host-facts.ts'
import { address, makeFacts, makeLink } from './make-facts.ts'

const eth0 = (more: Partial<LinkFacts>, facts: Partial<HostNetworkFacts> = {}) =>
  makeFacts({
    links: [makeLink('eth0', { addresses: [address('192.0.2.10/24')], ...more }), makeLink('eth1')],
    ...facts,
  })
const none = { method: 'none' }
const fixed = { method: 'static', address: '192.0.2.10', prefix: 24, gateway: '192.0.2.1' }

describe('the address that a host is reached at', () => {
  it.each<[string, HostNetworkFacts, object | null]>([
    ['is taken over with its gateway', eth0({}), { nic: 'eth0', ipv4: fixed, ipv6: none, dns: ['192.0.2.1'] }],
    [
      'stays one by DHCP, which brings its DNS servers',
      eth0({ addresses: [address('192.0.2.10/24', true)] }),
      { nic: 'eth0', ipv4: { method: 'dhcp' }, ipv6: none, dns: [] },
    ],
    [
      'has IPv6 beside it, however many addresses routers announce',
      eth0({ addresses: [address('192.0.2.10/24'), address('2001:db8::1/64', true), address('2001:db8::2/64', true)] }),
      { ipv4: fixed, ipv6: { method: 'auto' } },
    ],
    [
      'has a fixed one of IPv6 beside it, without a gateway',
      eth0({ addresses: [address('192.0.2.10/24'), address('2001:db8::1/64')] }),
      { ipv6: { method: 'static', address: '2001:db8::1', prefix: 64, gateway: null } },
    ],
    ['leaves a resolver on the host alone', eth0({}, { dns: ['127.0.0.53', '192.0.2.53'] }), { dns: ['192.0.2.53'] }],
    ['is not taken from a bridge', eth0({ kind: 'bridge' }), null],
    ['is not taken from a bond’s port', eth0({ master: 'bond0' }), null],
    [
      'is not taken where it is one of two',
      eth0({ addresses: [address('192.0.2.10/24'), address('192.0.2.11/24')] }),
      null,
    ],
    ['is not known without SSH', eth0({}, { sshAddress: null }), null],
  ])('%s', (_, facts, expected) => {
    const found = findOwnAddress(facts, { keepsDns: true })
    if (expected === null) expect(found).toBeNull()
    else expect(found).toMatchObject(expected)
  })

  it('is without DNS servers where nobody keeps them with an address', () => {
    expect(findOwnAddress(eth0({}), { keepsDns: false })?.dns).toEqual([])
  })
})
