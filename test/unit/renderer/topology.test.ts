import { expect, test } from 'vitest'
import { decideTopology, SQUARES_PER_LINE } from '../../../src/renderer/features/networks/decide-topology.ts'
import type { ClusterId, HostId, NetworkId, VmId } from '../../../src/shared/domain/index.ts'

const clusterId = 'c' as ClusterId
const network = (name: string, hostIds: readonly string[], missing: readonly string[] = []) => ({
  id: name as NetworkId,
  name,
  vlanId: null,
  bridgeName: name,
  hostIds: hostIds as HostId[],
  clusters: [
    {
      clusterId,
      required: true,
      roles: [],
      status: 'operational' as const,
      missingHostIds: missing as HostId[],
    },
  ],
})
const host = (id: string) => ({ id: id as HostId, name: id, status: 'up' as const, clusterId })
const vm = (id: string, hostId: string, bridge: string) => ({
  id: id as VmId,
  name: id,
  status: 'up' as const,
  hostId: hostId as HostId,
  nics: [
    { macAddress: '', model: null, type: 'bridge', source: bridge, hostDevice: null, linkUp: true, addresses: [] },
  ],
})

test('shows at each crossing whether the host has the network, and its machines in it', () => {
  const picture = decideTopology(
    [network('red', ['h1']), network('blue', ['h1', 'h2'], ['h3'])],
    [host('h2'), host('h1'), host('h3')],
    [vm('web', 'h1', 'blue'), vm('db', 'h2', 'blue'), vm('alone', 'h1', 'virbr0')],
  )
  expect(picture.networks.map(({ name }) => name)).toEqual(['blue', 'red'])
  expect(picture.hosts.map(({ name }) => name)).toEqual(['h1', 'h2', 'h3'])
  expect(picture.joints.map(({ hostId, networkId, kind }) => `${hostId} ${networkId} ${kind}`)).toEqual([
    'h1 blue attached',
    'h1 red attached',
    'h2 blue attached',
    'h3 blue missing',
  ])
  expect(picture.machines.map(({ id, networkId }) => [id, networkId])).toEqual([
    ['web', 'blue'],
    ['db', 'blue'],
  ])
})

test('nothing of fifty hosts with a thousand machines lies over another, or outside the picture', () => {
  const hosts = Array.from({ length: 50 }, (_, index) => host(`h${index}`))
  const networks = ['a', 'b', 'c', 'd'].map((name) =>
    network(
      name,
      hosts.map(({ id }) => id),
    ),
  )
  const vms = Array.from({ length: 1_000 }, (_, index) => vm(`vm${index}`, `h${index % 50}`, 'abcd'.charAt(index % 3)))
  const { hosts: rows, machines, width, height, squareSize } = decideTopology(networks, hosts, vms)
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1]
    expect(row.y + row.height).toBeLessThanOrEqual(next?.y ?? height)
  }
  expect(machines).toHaveLength(1_000)
  expect(new Set(machines.map(({ x, y }) => `${x} ${y}`)).size).toBe(1_000)
  for (const { x, y } of machines) {
    expect(x + squareSize).toBeLessThanOrEqual(width)
    expect(y + squareSize).toBeLessThanOrEqual(height)
  }
})

test('counts the machines of a cell for which there is no room', () => {
  const vms = Array.from({ length: 100 }, (_, index) => vm(`vm${index}`, 'h1', 'blue'))
  const { machines, more, hosts } = decideTopology([network('blue', ['h1'])], [host('h1')], vms)
  expect(machines.length + (more[0]?.count ?? 0)).toBe(100)
  expect(machines.length % SQUARES_PER_LINE).toBe(0)
  const [row] = hosts
  expect(more[0]?.y).toBeLessThan((row?.y ?? 0) + (row?.height ?? 0))
})
