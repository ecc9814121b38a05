import { describe, expect, it } from 'vitest'
import { decideCopiedWish } from '../../../../../src/main/network/host-networks/decide-copied-wish.ts'
import {
  keyOf,
  ownAddressesOf,
  readTyped,
} from '../../../../../src/renderer/features/host-networks/copied-addresses.ts'
import { attach, fixed, makeNetwork, networkId } from './make-facts.ts'

const networks = new Map([1, 2, 3].map((number) => [networkId(number), makeNetwork(number)]))
const bond = { name: 'bond0', mode: '802.3ad' as const, nics: ['eth1', 'eth2'], options: {} }
const from = {
  attachments: [
    attach(1, 'bond0', { ipv4: fixed('192.0.2.1/24') }),
    attach(2, 'eth3', { ipv4: { method: 'dhcp' } }),
    attach(9, 'eth3'),
  ],
  bonds: [bond],
}

describe('a host that is set up as another one', () => {
  it('has its networks and bonds, and keeps its own beside them', () => {
    const own = { attachments: [attach(3, 'eth4'), attach(2, 'eth5')], bonds: [{ ...bond, name: 'bond7' }] }
    expect(decideCopiedWish(from, own, networks)).toEqual({
      attachments: [
        attach(3, 'eth4'),
        attach(1, 'bond0', { ipv4: { method: 'none' } }),
        attach(2, 'eth3', { ipv4: { method: 'dhcp' } }),
      ],
      bonds: [{ ...bond, name: 'bond7' }, bond],
    })
  })

  it.each([
    ['the one that is given for it', [{ networkId: networkId(1), ipv4: fixed('192.0.2.2/24') }], '192.0.2.2'],
    ['else the one that it has there', [], '192.0.2.9'],
  ])('has for a static address %s', (_, given, expected) => {
    const own = { attachments: [attach(1, 'eth1', { ipv4: fixed('192.0.2.9/24') })], bonds: [] }
    const copied = decideCopiedWish(from, own, networks, given).attachments.find(
      (each) => each.networkId === networkId(1),
    )
    expect(copied).toMatchObject({ nic: 'bond0', ipv4: { method: 'static', address: expected } })
  })

  it('is asked for each address that only one host can have', () => {
    const names = new Map([...networks].map(([id]) => [id, { name: `network ${id.at(-1)}` }]))
    const asked = ownAddressesOf(from.attachments, names)
    expect(asked).toEqual([{ networkId: networkId(1), networkName: 'network 1', family: 'ipv4' }])
    const [first] = asked
    const key = first === undefined ? '' : keyOf(first)
    expect(readTyped(asked, {})).toEqual([])
    expect(readTyped(asked, { [key]: ' 192.0.2.2/24 ' })).toEqual([
      { networkId: networkId(1), ipv4: { method: 'static', address: '192.0.2.2', prefix: 24 } },
    ])
    expect(readTyped(asked, { [key]: '192.0.2.2' })).toBeNull()
  })
})
