import { describe, expect, test } from 'vitest'
import type { ClusterId, DatacenterId } from '../../../../src/shared/domain/index.ts'
import { createTemporaryFolder } from '../inventory/temporary-folder.ts'
import { composeForTest } from './composed.ts'

const NOWHERE = '99999999-0000-4000-8000-000000000009'

describe('a new inventory', () => {
  test('has a datacenter and a cluster called Default, with addresses of its own', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    expect(engine.datacenters()).toMatchObject([
      { name: 'Default', status: 'uninitialized', clusterCount: 1, revision: 1 },
    ])
    const [datacenter] = engine.datacenters()
    expect(engine.clusters()).toMatchObject([
      { name: 'Default', datacenterId: datacenter?.id, settings: { memoryOvercommitPercent: 100 }, problems: [] },
    ])
    const [cluster] = engine.clusters()
    expect(cluster?.settings.macRange.from).toMatch(/^56:6f:[0-9a-f]{2}:[0-9a-f]{2}:00:00$/)
    expect(cluster?.freeMacAddresses).toBe(65_536)
    expect(datacenter?.activation.next).toEqual({ action: 'add-host', clusterId: cluster?.id, hostId: null })
  })
})

describe('datacenters and clusters', () => {
  test('are created, edited and removed, and are there after a restart', async () => {
    const folder = await createTemporaryFolder()
    const engine = await composeForTest(folder)
    const { datacenterId } = await engine.call('datacenter.create', { name: 'Seoul' })
    const { clusterId } = await engine.call('cluster.create', { datacenterId, name: 'production' })
    await engine.call('cluster.edit', { clusterId, revision: 1, memoryOvercommitPercent: 150, consoleType: 'spice' })
    await engine.call('datacenter.edit', { datacenterId, description: 'the one with the view' })
    await engine.stop()

    const again = await composeForTest(folder)
    const seoul = again.datacenters().find(({ id }) => id === datacenterId)
    expect(seoul).toMatchObject({ name: 'Seoul', description: 'the one with the view', revision: 2, clusterCount: 1 })
    const production = again.clusters().find(({ id }) => id === clusterId)
    expect(production).toMatchObject({
      name: 'production',
      datacenterId,
      revision: 2,
      settings: { memoryOvercommitPercent: 150, consoleType: 'spice', diskAllocation: 'thin' },
    })
    await again.call('cluster.remove', { clusterId })
    await again.call('datacenter.remove', { datacenterId })
    expect(again.datacenters().map(({ name }) => name)).toEqual(['Default'])
    expect(again.clusters().map(({ name }) => name)).toEqual(['Default'])
    const lines = again.events().filter(({ subject }) => subject.id === clusterId)
    expect(lines.map(({ command }) => command)).toEqual(['cluster.create', 'cluster.edit', 'cluster.remove'])
    // Also the line of the removal, after which nothing has that name any more.
    for (const { user, subject } of lines) {
      expect([user, subject]).toEqual(['ann', { kind: 'cluster', id: clusterId, name: 'production' }])
    }
  })

  test('have names that are used once, whatever their case', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const { datacenterId } = await engine.call('datacenter.create', { name: 'Seoul' })
    const { clusterId } = await engine.call('cluster.create', { datacenterId, name: 'production' })
    await expect(engine.call('datacenter.create', { name: 'SEOUL' })).rejects.toMatchObject({
      code: 'datacenter.name-taken',
    })
    await expect(engine.call('datacenter.edit', { datacenterId, name: 'default' })).rejects.toMatchObject({
      code: 'datacenter.name-taken',
    })
    // In the whole inventory: also where the other one is in another datacenter.
    await expect(engine.call('cluster.create', { datacenterId, name: 'default' })).rejects.toMatchObject({
      code: 'cluster.name-taken',
    })
    await engine.call('cluster.edit', { clusterId, name: 'Production' })
  })

  test('are not where nothing is', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const datacenterId = NOWHERE as DatacenterId
    const clusterId = NOWHERE as ClusterId
    await expect(engine.call('cluster.create', { datacenterId, name: 'x' })).rejects.toMatchObject({
      code: 'datacenter.not-found',
    })
    await expect(engine.call('cluster.edit', { clusterId, name: 'x' })).rejects.toMatchObject({
      code: 'cluster.not-found',
    })
    await expect(engine.call('cluster.remove', { clusterId })).rejects.toMatchObject({ code: 'cluster.not-found' })
  })

  test('say what stands in the way of their removal', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const { datacenterId } = await engine.call('datacenter.create', { name: 'Seoul' })
    const { clusterId } = await engine.call('cluster.create', { datacenterId, name: 'production' })
    await expect(engine.call('datacenter.remove', { datacenterId })).rejects.toMatchObject({
      code: 'datacenter.not-empty',
      params: { name: 'Seoul', count: 1, references: [{ kind: 'cluster', id: clusterId, name: 'production' }] },
    })
  })

  test('tell who edits an old state what changed meanwhile', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const [cluster] = engine.clusters()
    const clusterId = cluster?.id ?? ''
    await engine.call('cluster.edit', { clusterId, revision: 1, ballooning: false })
    await expect(engine.call('cluster.edit', { clusterId, revision: 1, name: 'other' })).rejects.toMatchObject({
      code: 'cluster.changed-meanwhile',
      params: { name: 'Default', fields: 'ballooning', users: 'ann' },
    })
    // What changes nothing counts nothing up.
    await engine.call('cluster.edit', { clusterId, revision: 2, ballooning: false })
    expect(engine.clusters()[0]?.revision).toBe(2)
  })

  test('of a new cluster are addresses that no other cluster has', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const [datacenter] = engine.datacenters()
    const datacenterId = datacenter?.id ?? ''
    for (const name of ['a', 'b', 'c']) await engine.call('cluster.create', { datacenterId, name })
    const starts = engine.clusters().map(({ settings }) => settings.macRange.from)
    expect(new Set(starts).size).toBe(4)
  })
})

describe('a host without a cluster named', () => {
  const host = { address: '127.0.0.1', port: 9, user: 'root' }

  test('is refused with the names of the clusters where there are several', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    const [datacenter] = engine.datacenters()
    await engine.call('cluster.create', { datacenterId: datacenter?.id ?? '', name: 'other' })
    await expect(engine.call('host.add', host)).rejects.toMatchObject({
      code: 'cluster.not-named',
      params: {
        references: [
          { kind: 'cluster', name: 'Default' },
          { kind: 'cluster', name: 'other' },
        ],
      },
    })
  })

  test('is refused where there is none, and goes to the only one there is', async () => {
    const engine = await composeForTest(await createTemporaryFolder())
    // Nobody listens there: the cluster is no reason to refuse it.
    await expect(engine.call('host.add', host)).rejects.toMatchObject({ code: 'ssh.unreachable' })
    await engine.call('cluster.remove', { clusterId: engine.clusters()[0]?.id ?? '' })
    await expect(engine.call('host.add', host)).rejects.toMatchObject({ code: 'cluster.none' })
    const clusterId = NOWHERE as ClusterId
    await expect(engine.call('host.add', { ...host, clusterId })).rejects.toMatchObject({ code: 'cluster.not-found' })
  })
})
