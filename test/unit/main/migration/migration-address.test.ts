import { describe, expect, it } from 'vitest'
import { decideMigrationAddress, findMigrationNetwork } from '../../../../src/main/migration/migration-address.ts'
import { findNetworkAddresses } from '../../../../src/main/network/on-host/network-addresses.ts'
import type { ClusterId, HostNetworks, Network, NetworkId, NetworkRole } from '../../../../src/shared/domain/index.ts'

const clusterId = '00000000-0000-4000-8000-000000000001' as ClusterId

function makeNetwork(name: string, roles: readonly NetworkRole[] | null, more: Partial<Network> = {}): Network {
  const clusters = roles === null ? [] : [{ clusterId, roles, required: false, status: 'operational' }]
  return { id: name, name, isManagement: false, clusters, ...more } as unknown as Network
}

const find = (...networks: readonly Network[]) =>
  findMigrationNetwork(
    { networks: new Map(networks.map((network) => [network.id, network])) } as unknown as Parameters<
      typeof findMigrationNetwork
    >[0],
    clusterId,
  )?.name ?? null

describe('findMigrationNetwork', () => {
  const management = (roles: readonly NetworkRole[]) => makeNetwork('ovirtmgmt', roles, { isManagement: true })

  it.each<[string, readonly Network[], string | null]>([
    ['the one with the role', [management(['management']), makeNetwork('fast', ['migration'])], 'fast'],
    ['none, where the management has it', [management(['migration']), makeNetwork('fast', ['vm'])], null],
    ['none that the cluster does not have', [makeNetwork('fast', null)], null],
    ['none', [], null],
  ])('%s', (_, networks, expected) => {
    expect(find(...networks)).toBe(expected)
  })
})

describe('decideMigrationAddress', () => {
  const network = { name: 'fast' }
  const reachedAt = '192.0.2.2'

  it.each<[string, object, object]>([
    [
      'without a network, where the host is reached',
      { network: null, source: [], destination: [] },
      { address: reachedAt, networkName: null, lacking: null },
    ],
    [
      'over the network',
      { source: ['10.0.0.1'], destination: ['10.0.0.2'] },
      { address: '10.0.0.2', networkName: 'fast', lacking: null },
    ],
    [
      'IPv4 first',
      { source: ['fd00::1', '10.0.0.1'], destination: ['fd00::2', '10.0.0.2'] },
      { address: '10.0.0.2', lacking: null },
    ],
    [
      'by the family that both have',
      { source: ['fd00::1'], destination: ['10.0.0.2', 'fd00::2'] },
      { address: 'fd00::2', lacking: null },
    ],
    [
      'not where the other host lacks it',
      { source: ['10.0.0.1'], destination: [] },
      { address: reachedAt, lacking: 'destination' },
    ],
    [
      'not where the source lacks it',
      { source: [], destination: ['10.0.0.2'] },
      { address: reachedAt, lacking: 'source' },
    ],
    [
      'not from one family to the other',
      { source: ['fd00::1'], destination: ['10.0.0.2'] },
      { address: reachedAt, lacking: 'source' },
    ],
  ])('%s', (_, input, expected) => {
    expect(decideMigrationAddress({ network, reachedAt, source: [], destination: [], ...input })).toMatchObject(
      expected,
    )
  })
})

describe('findNetworkAddresses', () => {
  const network = {
    id: 'fast' as NetworkId,
    name: 'fast',
    vlanId: 20,
    mtu: null,
    vmNetwork: false,
    bridgeName: 'fast',
  }
  const host = (attachment: object) =>
    ({
      attachments: [{ networkId: 'fast', nic: 'eth1', status: 'in-sync', linkUp: true, ...attachment }],
      nics: [{ name: 'eth1', addresses: ['198.51.100.9/24'] }],
      bonds: [],
      vlans: [{ name: 'eth1.20', addresses: ['10.0.0.2/24', 'fd00::2/64'] }],
      bridges: [],
    }) as unknown as HostNetworks

  it('are those of the interface that carries them, whatever else is out of sync', () => {
    expect(findNetworkAddresses(host({ status: 'out-of-sync' }), network)).toEqual(['10.0.0.2', 'fd00::2'])
  })

  it.each([{ linkUp: false }, { status: 'missing' }, { networkId: 'other' }])('none of %o', (attachment) => {
    expect(findNetworkAddresses(host(attachment), network)).toEqual([])
  })
})
