import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AssignedNetwork,
  type Assignment,
  decideAssignment,
  decideDetachment,
} from '../../../../src/main/network/decide-assignment.ts'
import { decideBridgeName } from '../../../../src/main/network/decide-bridge-name.ts'
import {
  decideMissing,
  decideNetworkObstacle,
  decideOperational,
  type NetworkHost,
  type Presence,
} from '../../../../src/main/network/decide-network-status.ts'
import { decidePauseMs } from '../../../../src/main/network/host-networks/host-network-store.ts'
import { decideFilter, decideProfileSettings } from '../../../../src/main/network/profile-rules.ts'
import {
  type ClusterId,
  EXCLUSIVE_ROLES,
  type HostId,
  type HostStatus,
  type NetworkId,
  type NetworkRole,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

const cluster = { id: 'c' as ClusterId, name: 'production' }
const elsewhere = { clusterId: 'other' as ClusterId, required: true, roles: [...EXCLUSIVE_ROLES] }

describe('roles in a cluster', () => {
  const roles = fc.uniqueArray(fc.constantFrom<NetworkRole[]>('vm', ...EXCLUSIVE_ROLES))
  const change = fc.record({
    kind: fc.constantFrom('attach' as const, 'detach' as const),
    network: fc.nat(3),
    roles,
    required: fc.boolean(),
  })

  test('whatever is attached and detached, each exclusive role has one holder, and the management network is required', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let networks = start()
        for (const { kind, network, ...wish } of changes) {
          const networkId = networks[network]?.id as NetworkId
          const decided =
            kind === 'attach'
              ? decideAssignment(networks, cluster, { networkId, ...wish })
              : decideDetachment(networks, cluster, networkId)
          if (decided instanceof AppError) continue
          const gone = kind === 'detach' ? networkId : null
          networks = apply(networks, decided, gone)
          for (const role of EXCLUSIVE_ROLES) {
            expect([role, holders(networks, role).length]).toEqual([role, 1])
          }
          expect(ofCluster(holders(networks, 'management')[0])?.required).toBe(true)
          if (kind === 'attach') expect(ofCluster(networks[network])?.roles).toEqual(expect.arrayContaining(wish.roles))
          // Other clusters are none of its business.
          expect(networks[0]?.clusters).toContainEqual(elsewhere)
        }
      }),
    )
  })

  test('says only what changes', () => {
    const networks = start()
    const wish = { networkId: 'n1' as NetworkId, required: false, roles: ['vm' as const] }
    const once = decideAssignment(networks, cluster, wish)
    expect(once).toEqual([wish])
    const attached = apply(networks, once as readonly Assignment[], null)
    expect(decideAssignment(attached, cluster, wish)).toEqual([])
  })

  test('the management role moves to another network, which must be required', () => {
    const wish = { networkId: 'n1' as NetworkId, required: true, roles: ['management' as const] }
    expect(decideAssignment(start(), cluster, { ...wish, required: false })).toMatchObject({
      code: 'network.management-needed',
    })
    const moved = apply(start(), decideAssignment(start(), cluster, wish) as readonly Assignment[], null)
    expect(holders(moved, 'management').map(({ id }) => id)).toEqual(['n1'])
    expect(decideDetachment(moved, cluster, 'n0' as NetworkId)).toEqual([
      { ...wish, roles: ['management', 'display', 'migration', 'default-route'] },
    ])
  })

  function start(): AssignedNetwork[] {
    const first = { clusterId: cluster.id, required: true, roles: ['vm' as const, ...EXCLUSIVE_ROLES] }
    return [0, 1, 2, 3].map((index) => ({
      id: `n${index}` as NetworkId,
      name: `network ${index}`,
      vmNetwork: index < 3,
      clusters: index === 0 ? [elsewhere, first] : [],
    }))
  }

  function apply(networks: AssignedNetwork[], changed: readonly Assignment[], gone: NetworkId | null) {
    return networks.map((network) => {
      const one = changed.find(({ networkId }) => networkId === network.id)
      if (one === undefined && network.id !== gone) return network
      const others = network.clusters.filter(({ clusterId }) => clusterId !== cluster.id)
      const own = one === undefined ? [] : [{ clusterId: cluster.id, required: one.required, roles: one.roles }]
      return { ...network, clusters: [...others, ...own] }
    })
  }

  function ofCluster(network: AssignedNetwork | undefined) {
    return network?.clusters.find(({ clusterId }) => clusterId === cluster.id)
  }

  function holders(networks: readonly AssignedNetwork[], role: NetworkRole) {
    return networks.filter((network) => ofCluster(network)?.roles.includes(role))
  }
})

describe('the name of a bridge', () => {
  test.each([
    ['ovirtmgmt', 'ovirtmgmt'],
    ['a-b_c9', 'a-b_c9'],
    ['exactly15chars_', 'exactly15chars_'],
  ])('%s is taken as it is', (name, bridge) => {
    expect(decideBridgeName(name, new Set())).toBe(bridge)
  })

  test.each([
    'sixteen-letters-',
    'with space',
    '한국',
    'eth0',
    'bond0',
    'virbr0',
    'vnet7',
    'lo',
    '9lives',
    'a/b',
    'a.20',
  ])('%s is made another one', (name) => {
    expect(decideBridgeName(name, new Set())).not.toBe(name)
  })

  test('fits the kernel, is no other bridge’s, and is the same each time', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 256 }), (name) => {
        const first = decideBridgeName(name, new Set())
        expect(first).toMatch(/^[A-Za-z][\w-]{0,14}$/)
        expect(decideBridgeName(name, new Set())).toBe(first)
        const second = decideBridgeName(name, new Set([first]))
        expect(second).not.toBe(first)
        expect(second).toMatch(/^[A-Za-z][\w-]{0,14}$/)
      }),
    )
  })
})

describe('whether a network is operational', () => {
  const host = (presence: Presence, status: HostStatus = 'up'): NetworkHost => ({
    id: `${presence} ${status}` as HostId,
    status,
    presence,
  })

  test.each<[string, boolean, boolean, NetworkHost[], boolean]>([
    ['no host', true, false, [], false],
    ['every host has it', true, false, [host('up'), host('up')], true],
    ['one host misses it', true, false, [host('up'), host('missing')], false],
    ['one host was not asked yet', true, false, [host('up'), host('unknown')], false],
    ['a host in maintenance misses it', true, false, [host('up'), host('missing', 'maintenance')], true],
    ['a host misses what was operational', true, true, [host('up'), host('missing')], true],
    ['no host has it any more', true, true, [host('missing')], true],
    ['not required, and one has it', false, false, [host('up'), host('missing')], true],
    ['not required, and nobody has it', false, true, [host('missing')], false],
  ])('%s', (_case, required, operational, hosts, expected) => {
    expect(decideOperational({ required, operational, hosts })).toBe(expected)
  })

  test('names the hosts in use that miss it', () => {
    const hosts = [host('up'), host('missing'), host('missing', 'non-operational'), host('missing', 'maintenance')]
    expect(decideMissing([...hosts, host('unknown')])).toEqual(['missing up', 'missing non-operational'])
  })

  test.each<[boolean, boolean, Presence, boolean]>([
    [true, true, 'missing', true],
    [true, true, 'unknown', false],
    [true, true, 'up', false],
    [true, false, 'missing', false],
    [false, true, 'missing', false],
  ])('required %s, operational %s, %s: the host is out of use: %s', (required, operational, presence, isOut) => {
    const obstacle = decideNetworkObstacle({ id: 'h' as HostId, name: 'alpha' }, [
      { name: 'fine', required: true, operational: true, presence: 'up' },
      { name: 'blue', required, operational, presence },
    ])
    expect(obstacle?.code ?? null).toBe(isOut ? 'network.host-misses' : null)
    if (isOut) expect(obstacle?.params).toEqual({ name: 'blue', hostName: 'alpha' })
  })

  test('adding a network knocks no host out, whatever the hosts have', () => {
    const hosts = fc.array(
      fc.record({
        id: fc.constant('h' as HostId),
        status: fc.constantFrom<HostStatus[]>('up', 'non-operational', 'maintenance', 'connecting'),
        presence: fc.constantFrom<Presence[]>('up', 'missing', 'unknown'),
      }),
    )
    fc.assert(
      fc.property(hosts, (all) => {
        const operational = decideOperational({ required: true, operational: false, hosts: all })
        const out = all
          .filter(({ status }) => status === 'up')
          .filter(({ presence }) =>
            decideNetworkObstacle({ id: 'h' as HostId, name: 'h' }, [
              { name: 'n', required: true, operational, presence },
            ]),
          )
        expect(out).toEqual([])
      }),
    )
  })
})

test.each([
  [1_000, 5_000],
  [20_000, 10_000],
  [60_000, 30_000],
  [3_600_000, 30_000],
])('with a patience of %i ms hosts are read again after %i ms', (patienceMs, pauseMs) => {
  expect(decidePauseMs(patienceMs)).toBe(pauseMs)
})

describe('the settings of a vNIC profile', () => {
  const plain = {
    name: 'p',
    portMirroring: false,
    filter: null,
    passthrough: false,
    qos: { inbound: null, outbound: null },
    macSpoofing: false,
    trunk: false,
  }
  const limit = { averageKiBps: 1, peakKiBps: null, burstKiB: null }

  test.each<[object, string | null]>([
    [{}, null],
    [{ macSpoofing: true, trunk: true }, null],
    [{ macSpoofing: true, filter: 'no-ip-spoofing' }, null],
    [{ macSpoofing: true, filter: 'no-mac-spoofing' }, 'vnic-profile.filter-contradicts'],
    [{ macSpoofing: true, filter: 'clean-traffic' }, 'vnic-profile.filter-contradicts'],
    [{ passthrough: true }, null],
    [{ passthrough: true, filter: 'no-ip-spoofing' }, 'vnic-profile.passthrough-alone'],
    [{ passthrough: true, portMirroring: true }, 'vnic-profile.passthrough-alone'],
    [{ passthrough: true, qos: { inbound: limit, outbound: null } }, 'vnic-profile.passthrough-alone'],
  ])('%o: %s', (changes, code) => {
    expect(decideProfileSettings({ ...plain, ...changes })?.code ?? null).toBe(code)
  })

  test.each<[string | null | undefined, boolean, boolean, string | null]>([
    [undefined, false, false, 'guard'],
    [undefined, true, false, null],
    [undefined, false, true, null],
    [null, false, false, null],
    ['mine', true, false, 'mine'],
  ])('filter %s, forged addresses %s, passthrough %s: %s', (given, macSpoofing, passthrough, filter) => {
    expect(decideFilter(given, { macSpoofing, passthrough }, 'guard')).toBe(filter)
  })
})
