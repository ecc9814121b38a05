import { describe, expect, test } from 'vitest'
import type { ClusterId, HostId, VmId } from '../../../../src/shared/domain/index.ts'
import { createTemporaryFolder, openForTest } from '../inventory/temporary-folder.ts'
import { composeForTest } from './composed.ts'

const HOST = '00000000-0000-4000-8000-000000000001' as HostId
const VM = '11111111-2222-4333-8444-555555555555' as VmId
const XML = `<domain type='kvm'><name>web</name><uuid>${VM}</uuid><memory unit='MiB'>512</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>`

/** An inventory with a host that nobody can reach, a VM that was last seen there, and a second cluster. */
async function createInventory({ inMaintenance }: { readonly inMaintenance: boolean }) {
  const dataDir = await createTemporaryFolder()
  const inventory = await openForTest(dataDir)
  const [first] = await inventory.clusters.fetchAll()
  if (first === undefined) throw new Error('a new inventory has a cluster')
  const secondId = '22222222-0000-4000-8000-000000000002' as ClusterId
  await inventory.clusters.save({ ...first, id: secondId, name: 'second' })
  await inventory.hosts.save({
    id: HOST,
    clusterId: first.id,
    name: 'alpha',
    transport: 'ssh',
    address: '127.0.0.1',
    port: 9,
    user: 'root',
    authentication: 'agent',
    privateKeyPath: null,
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
    revision: 1,
    addedAt: 1,
    machineUuid: null,
    machineIdDigest: null,
  })
  await inventory.vmDefinitions.saveAll([{ hostId: HOST, vmId: VM, name: 'web', xml: XML, readAt: 1 }])
  const maintenance = inMaintenance ? { since: 1, user: 'ann', reason: '' } : null
  await inventory.hostWishes.save(HOST, { maintenance, power: null })
  await inventory.close()
  return { dataDir, firstId: first.id, secondId }
}

describe('a host that is moved to another cluster', () => {
  test('takes its VMs along, and is there after a restart', async () => {
    const { dataDir, firstId, secondId } = await createInventory({ inMaintenance: true })
    const engine = await composeForTest(dataDir)
    await engine.call('host.move', { hostId: HOST, clusterId: secondId })
    expect(engine.hosts()).toMatchObject([{ clusterId: secondId, revision: 2 }])
    expect(engine.vms()).toMatchObject([{ id: VM, hostId: HOST, clusterId: secondId }])
    const held = (id: ClusterId) => {
      const population = engine.clusters().find((cluster) => cluster.id === id)?.population
      return [population?.hostCount, population?.vmCount]
    }
    expect([held(firstId), held(secondId)]).toEqual([
      [0, 0],
      [1, 1],
    ])
    await engine.call('cluster.remove', { clusterId: firstId })
    await engine.stop()
    const again = await composeForTest(dataDir)
    expect(again.hosts()).toMatchObject([{ clusterId: secondId, revision: 2 }])
    expect(again.vms()).toMatchObject([{ clusterId: secondId }])
  })

  test('is in maintenance first, and does not go where it is', async () => {
    const { dataDir, firstId, secondId } = await createInventory({ inMaintenance: false })
    const engine = await composeForTest(dataDir)
    await expect(engine.call('host.move', { hostId: HOST, clusterId: secondId })).rejects.toMatchObject({
      code: 'host.not-in-maintenance',
      params: { name: 'alpha' },
    })
    await expect(engine.call('host.move', { hostId: HOST, clusterId: firstId })).rejects.toMatchObject({
      code: 'cluster.holds-host',
    })
    const nowhere = '99999999-0000-4000-8000-000000000009' as ClusterId
    await expect(engine.call('host.move', { hostId: HOST, clusterId: nowhere })).rejects.toMatchObject({
      code: 'cluster.not-found',
    })
  })
})

test('a cluster with a host in it stays, and names the host', async () => {
  const { dataDir, firstId } = await createInventory({ inMaintenance: false })
  const engine = await composeForTest(dataDir)
  await expect(engine.call('cluster.remove', { clusterId: firstId })).rejects.toMatchObject({
    code: 'cluster.not-empty',
    params: { count: 1, references: [{ kind: 'host', id: HOST, name: 'alpha' }] },
  })
})
