import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addressesOf,
  addressFormOf,
  addressFormSchema,
} from '../../../src/renderer/features/host-networks/address-form.ts'
import { decideAttachment, findOffer } from '../../../src/renderer/features/host-networks/decide-attachment.ts'
import {
  attachNetwork,
  bondNics,
  changesOf,
  detachNetwork,
  draftOf,
  setAddresses,
  setBondMode,
  unbondNic,
} from '../../../src/renderer/features/host-networks/setup-draft.ts'
import type { ClusterId, HostNetworks, Network, NetworkId, NetworkRole } from '../../../src/shared/domain/index.ts'

const blue = '10000000-0000-4000-8000-000000000001' as NetworkId
const red = '10000000-0000-4000-8000-000000000002' as NetworkId
const none = { ipv4: { method: 'none' as const }, ipv6: { method: 'none' as const }, dns: [] }

const base: HostNetworks = {
  id: '20000000-0000-4000-8000-000000000001' as HostNetworks['id'],
  manager: 'ifupdown',
  canManage: true,
  whyNot: null,
  nics: [],
  bonds: [],
  bridges: [],
  vlans: [],
  gateways: [],
  dns: [],
  attachments: [{ networkId: blue, nic: 'eth1', ...none, status: 'in-sync', differences: [], linkUp: true }],
  ownAddress: null,
  asOf: 0,
}
const taken = new Set(['eth0', 'eth1', 'eth2', 'bond0'])

describe('what a person moves on a host', () => {
  test('is nothing at first', () => {
    expect(changesOf(base, draftOf(base))).toBeNull()
  })

  test('a network to a NIC, to another NIC with its addresses, and off again', () => {
    const attached = attachNetwork(draftOf(base), red, 'eth2')
    expect(changesOf(base, attached)?.attachments).toEqual([{ networkId: red, nic: 'eth2', ...none }])
    const addressed = setAddresses(attached, red, { ...none, ipv4: { method: 'dhcp' } })
    const moved = attachNetwork(addressed, red, 'eth0')
    expect(changesOf(base, moved)?.attachments).toMatchObject([{ nic: 'eth0', ipv4: { method: 'dhcp' } }])
    expect(changesOf(base, detachNetwork(moved, red))).toBeNull()
    expect(changesOf(base, detachNetwork(moved, blue))?.removed?.networkIds).toEqual([blue])
  })

  test('two NICs to a bond with a name that is free, which has their networks, and apart again', () => {
    const bonded = bondNics(draftOf(base), 'eth2', 'eth1', taken)
    expect(changesOf(base, bonded)).toMatchObject({
      bonds: [{ name: 'bond1', mode: 'active-backup', nics: ['eth1', 'eth2'] }],
      attachments: [{ networkId: blue, nic: 'bond1' }],
    })
    const three = bondNics(setBondMode(bonded, 'bond1', '802.3ad'), 'eth0', 'bond1', taken)
    expect(three.bonds).toMatchObject([{ mode: '802.3ad', nics: ['eth1', 'eth2', 'eth0'] }])
    // One that is in a bond is in no other.
    expect(bondNics(three, 'eth0', 'eth3', taken)).toBe(three)
    const apart = ['eth0', 'eth2', 'eth1'].reduce(unbondNic, three)
    expect(apart).toEqual(draftOf(base))
  })

  test('whatever is moved, a network is on the host once, and a NIC in one bond', () => {
    const nic = fc.constantFrom('eth0', 'eth1', 'eth2', 'bond1')
    const network = fc.constantFrom(blue, red)
    const move = fc.oneof(
      fc.tuple(network, nic).map(
        ([id, to]) =>
          (draft: typeof start) =>
            attachNetwork(draft, id, to),
      ),
      network.map((id) => (draft: typeof start) => detachNetwork(draft, id)),
      fc.tuple(nic, nic).map(
        ([one, to]) =>
          (draft: typeof start) =>
            bondNics(draft, one, to, taken),
      ),
      nic.map((one) => (draft: typeof start) => unbondNic(draft, one)),
    )
    const start = draftOf(base)
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
        const { attachments, bonds } = moves.reduce((draft, apply) => apply(draft), start)
        const nics = bonds.flatMap((bond) => bond.nics)
        expect(new Set(nics).size).toBe(nics.length)
        expect(new Set(attachments.map(({ networkId }) => networkId)).size).toBe(attachments.length)
      }),
    )
  })
})

describe('addresses as they are typed', () => {
  const typed = { ...addressFormOf(none), ipv4Method: 'static' as const, ipv6Method: 'static' as const }

  test.each([
    ['192.0.2.7/24', '2001:db8::7/64', '', '', true],
    ['192.0.2.7/24', '2001:db8::7/64', '192.0.2.1', '1.1.1.1, 2606:4700:4700::1111', true],
    ['192.0.2.7', '2001:db8::7/64', '', '', false],
    ['192.0.2.700/24', '2001:db8::7/64', '', '', false],
    ['192.0.2.7/33', '2001:db8::7/64', '', '', false],
    ['192.0.2.7/24', '2001:db8::7/129', '', '', false],
    ['192.0.2.7/24', '2001:db8::7/64', 'fe80::1', '', false],
    ['192.0.2.7/24', '2001:db8::7/64', '', 'dns.example.org', false],
  ])('%s %s, gateway %s, DNS %s: %s', (ipv4Address, ipv6Address, ipv4Gateway, dns, isRight) => {
    const form = { ...typed, ipv4Address, ipv6Address, ipv4Gateway, dns }
    expect(addressFormSchema.safeParse(form).success).toBe(isRight)
    if (isRight) expect(addressFormOf(addressesOf(form))).toEqual(form)
  })
})

describe('where a network is dropped', () => {
  const clusterId = '30000000-0000-4000-8000-000000000001' as ClusterId
  const network = (id: NetworkId, ...roles: NetworkRole[]) =>
    ({
      id,
      name: 'net',
      vmNetwork: true,
      clusters: [{ clusterId, required: true, roles, status: 'operational', missingHostIds: [] }],
    }) as unknown as Network
  const ownAddress = { nic: 'eth0', ipv4: { method: 'dhcp' as const }, ipv6: { method: 'none' as const }, dns: [] }
  const there = { ownAddress }
  const draft = draftOf(base)
  const management = network(red, 'vm', 'management')

  test('the management network takes over the host’s own address, on its NIC only', () => {
    expect(decideAttachment(there, draft, management, clusterId, 'eth0')).toEqual({
      addresses: ownAddress,
      isAsked: false,
    })
    expect(decideAttachment(there, draft, management, clusterId, 'eth2')).toEqual({
      addresses: undefined,
      isAsked: true,
    })
  })

  test('an address is asked for where the host needs one, and not where it is attached already', () => {
    expect(decideAttachment(there, draft, network(red, 'migration'), clusterId, 'eth2').isAsked).toBe(true)
    expect(decideAttachment(there, draft, network(red, 'vm'), clusterId, 'eth2').isAsked).toBe(false)
    expect(decideAttachment(there, draft, network(blue, 'migration'), clusterId, 'eth2').isAsked).toBe(false)
  })

  test('nothing is offered once it is attached, with another network there, or without an address of our own', () => {
    expect(findOffer(there, draft, [management], clusterId)).toEqual({ network: management, ownAddress })
    expect(findOffer(there, attachNetwork(draft, red, 'eth2'), [management], clusterId)).toBeNull()
    expect(findOffer({ ownAddress: { ...ownAddress, nic: 'eth1' } }, draft, [management], clusterId)).toBeNull()
    expect(findOffer({ ownAddress: null }, draft, [management], clusterId)).toBeNull()
  })
})
