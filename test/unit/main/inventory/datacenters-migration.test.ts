import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import type { ClusterId } from '../../../../src/shared/domain/index.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

const HOST = `INSERT INTO hosts
  (id, name, transport, address, port, user, authentication, private_key_path, libvirt_mode, added_at, machine_uuid, revision)
  VALUES (?, ?, 'ssh', ?, 22, 'root', 'agent', NULL, 'system', 1, NULL, 3)`
const DEFINITION = `INSERT INTO vm_definitions (host_id, vm_id, name, xml, read_at, saved_order) VALUES (?, 'vm', 'web', '', 1, 1)`

it('moves the hosts of an older inventory into the cluster Default, and loses nothing of them', async () => {
  const dataDir = await createTemporaryFolder()
  const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0008'))
  await (await openForTest(dataDir, { migrations: before })).close()
  const file = new DatabaseSync(join(dataDir, 'inventory.db'))
  file.prepare(HOST).run('h1', 'alpha', 'alpha.example.org')
  file.prepare(HOST).run('h2', 'beta', 'beta.example.org')
  file.prepare(DEFINITION).run('h1')
  file.close()

  const inventory = await openForTest(dataDir)
  const [datacenter, ...otherDatacenters] = await inventory.datacenters.fetchAll()
  const [cluster, ...otherClusters] = await inventory.clusters.fetchAll()
  expect([datacenter?.name, cluster?.name, otherDatacenters, otherClusters]).toEqual(['Default', 'Default', [], []])
  expect(cluster?.datacenterId).toBe(datacenter?.id)
  expect(await inventory.hosts.fetchAll()).toMatchObject([
    { id: 'h1', name: 'alpha', clusterId: cluster?.id, revision: 3 },
    { id: 'h2', name: 'beta', clusterId: cluster?.id, revision: 3 },
  ])
  expect(await inventory.vmDefinitions.fetchNamesForHost('h1' as never)).toHaveLength(1)
})

it('keeps a cluster that holds hosts, whoever asks', async () => {
  const inventory = await openForTest(await createTemporaryFolder())
  const [cluster] = await inventory.clusters.fetchAll()
  const clusterId = cluster?.id as ClusterId
  const way = { transport: 'ssh', address: 'a', port: null, user: null, privateKeyPath: null, jumpHost: null } as const
  const rest = { authentication: 'agent', libvirtMode: 'system', addedAt: 1, revision: 1 } as const
  const machine = { machineUuid: null, machineIdDigest: null, storageManagerPriority: 5 }
  await inventory.hosts.save({ id: 'h1' as never, clusterId, name: 'alpha', ...way, ...rest, ...machine })
  await expect(inventory.clusters.remove(clusterId)).rejects.toThrow('FOREIGN KEY')
})

it('reads settings one by one: one that is no longer valid takes no other along', async () => {
  const dataDir = await createTemporaryFolder()
  await (await openForTest(dataDir)).close()
  const file = new DatabaseSync(join(dataDir, 'inventory.db'))
  file.exec(`UPDATE clusters SET settings_json = '{"ksm":"sideways","ballooning":false,"cpuModel":"EPYC","new":1}'`)
  file.close()
  const [cluster] = await (await openForTest(dataDir)).clusters.fetchAll()
  expect(cluster?.settings).toMatchObject({ ksm: 'across-numa-nodes', ballooning: false, cpuModel: 'EPYC' })
  expect(cluster?.settings.macRange).toEqual({ from: '56:6f:00:00:00:00', to: '56:6f:00:00:ff:ff' })
})
