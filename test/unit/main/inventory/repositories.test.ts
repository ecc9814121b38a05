import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decideDefinitionDrift } from '../../../../src/main/drift/index.ts'
import type {
  DiskRecord,
  HostRecord,
  Inventory,
  StorageDomainRecord,
  VmStatusRecord,
} from '../../../../src/main/inventory/index.ts'
import {
  type AuditEvent,
  type ClusterId,
  type DatacenterId,
  type DiskId,
  defaultClusterSettings,
  defaultSettings,
  type HostId,
  type OperationRecord,
  type StorageDomainId,
  type VmId,
} from '../../../../src/shared/domain/index.ts'
import { createSampleOperation } from './sample-operation.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

const HOST_ID = '00000000-0000-4000-8000-000000000001' as HostId
const OTHER_HOST_ID = '00000000-0000-4000-8000-000000000002' as HostId
const CLUSTER_ID = '00000000-0000-4000-8000-000000000003' as ClusterId
const VM_ID = '11111111-2222-4333-8444-555555555555' as VmId

function createHost(changes: Partial<HostRecord> = {}): HostRecord {
  return {
    id: HOST_ID,
    clusterId: CLUSTER_ID,
    name: 'alpha',
    transport: 'ssh',
    address: '10.0.0.1',
    port: null,
    user: null,
    authentication: 'key',
    privateKeyPath: '/home/ann/.ssh/id_ed25519',
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
    revision: 1,
    addedAt: 1,
    machineUuid: null,
    machineIdDigest: null,
    ...changes,
  }
}

function createEvent(id: number, at = id): AuditEvent {
  return {
    id: String(id),
    at,
    kind: 'vm.started',
    severity: 'info',
    subject: { kind: 'vm', id: VM_ID, name: 'web-01' },
    hostId: null,
    user: null,
    command: null,
    params: { count: 1, forced: true, why: 'because' },
    error: null,
    correlationId: null,
  }
}

/** An inventory with the cluster that {@link createHost} puts hosts into. */
async function openWithCluster(dataDir: string): Promise<Inventory> {
  const inventory = await openForTest(dataDir)
  const [datacenter] = await inventory.datacenters.fetchAll()
  if (datacenter === undefined) throw new Error('a new inventory has a datacenter')
  const macRange = { from: '56:6f:00:01:00:00', to: '56:6f:00:01:ff:ff' }
  await inventory.clusters.save({
    id: CLUSTER_ID,
    datacenterId: datacenter.id,
    name: 'rack',
    settings: { ...defaultClusterSettings, macRange },
    revision: 1,
    createdAt: 1,
  })
  return inventory
}

async function reopen(dataDir: string, inventory: { close(): Promise<void> }) {
  await inventory.close()
  return openForTest(dataDir)
}

describe('hosts', () => {
  it('come back as they were stored, in the order of adding', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openWithCluster(dataDir)
    const local = createHost({ id: OTHER_HOST_ID, name: 'here', transport: 'local', port: 22, user: 'ann', addedAt: 0 })
    await inventory.hosts.save(createHost())
    await inventory.hosts.save(local)
    await inventory.hosts.save(createHost({ machineUuid: VM_ID, machineIdDigest: null, port: 2222 }))
    const again = await reopen(dataDir, inventory)
    expect(await again.hosts.fetchAll()).toEqual([
      createHost({ machineUuid: VM_ID, machineIdDigest: null, port: 2222 }),
      local,
    ])
  })

  it('cannot have the same name twice', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    await inventory.hosts.save(createHost())
    await expect(inventory.hosts.save(createHost({ id: OTHER_HOST_ID }))).rejects.toThrow('UNIQUE')
  })
})

describe('storage domains', () => {
  const domain: StorageDomainRecord = {
    id: '00000000-0000-4000-8000-0000000000aa' as StorageDomainId,
    datacenterId: null,
    name: 'data',
    description: '',
    type: 'data',
    storage: { kind: 'nfs', server: 'filer', export: '/data', version: 'auto' },
    poolName: 'virtdeck-data',
    targetPath: '/mnt/data',
    wishedActive: false,
    isMaster: false,
    masterVersion: 1,
    warningFreePercent: 10,
    criticalFreeBytes: 5 * 1_024 ** 3,
    locks: { verdict: 'exclusive', leaseSeconds: null, provedAt: 5 },
    generation: 1,
    revision: 1,
    createdAt: 1,
  }
  const disk: DiskRecord = {
    id: '00000000-0000-4000-8000-0000000000bb' as DiskId,
    storageDomainId: domain.id,
    fileName: 'system-00000000.qcow2',
    alias: 'system',
    description: 'of web',
    kind: 'disk',
    format: 'qcow2',
    virtualBytes: 2 ** 40,
    shareable: false,
    readOnly: true,
    discard: true,
    revision: 1,
    createdAt: 1,
  }

  it('come back as they were stored, and take their disks along when they go', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    const [datacenter] = await inventory.datacenters.fetchAll()
    const datacenterId = datacenter?.id as DatacenterId
    await inventory.storageDomains.save(domain)
    await inventory.storageDomains.save({ ...domain, datacenterId, wishedActive: true, isMaster: true })
    await inventory.disks.save(disk)
    const again = await reopen(dataDir, inventory)
    expect(await again.storageDomains.fetchAll()).toEqual([
      { ...domain, datacenterId, wishedActive: true, isMaster: true },
    ])
    expect(await again.disks.fetchAll()).toEqual([disk])
    await expect(again.datacenters.remove(datacenterId)).rejects.toThrow('FOREIGN KEY')
    await again.storageDomains.remove(domain.id)
    expect(await again.disks.fetchAll()).toEqual([])
  })

  it('hold a file once, and know this engine by one id', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    await inventory.storageDomains.save(domain)
    await inventory.disks.save(disk)
    const other = { ...disk, id: '00000000-0000-4000-8000-0000000000cc' as DiskId }
    await expect(inventory.disks.save(other)).rejects.toThrow('UNIQUE')
    const engineId = await inventory.storageDomains.fetchEngineId()
    const again = await reopen(dataDir, inventory)
    expect(await again.storageDomains.fetchEngineId()).toBe(engineId)
  })

  it('know what is still to go from them', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    await inventory.removedDefinitions.add(domain.id, ['a'])
    expect(await inventory.removedDefinitions.fetchIds(domain.id)).toEqual([])
    await inventory.storageDomains.save(domain)
    const many = Array.from({ length: 500 }, (_, number) => `id-${number}`)
    await inventory.removedDefinitions.add(domain.id, many)
    await inventory.removedDefinitions.add(domain.id, ['id-0', 'more'])
    const again = await reopen(dataDir, inventory)
    expect(await again.removedDefinitions.fetchIds(domain.id)).toHaveLength(501)
    await again.removedDefinitions.drop(domain.id, many)
    expect(await again.removedDefinitions.fetchIds(domain.id)).toEqual(['more'])
    await again.removedDefinitions.drop(domain.id)
    expect(await again.removedDefinitions.fetchIds(domain.id)).toEqual([])
  })
})

describe('the order of what is listed', () => {
  it('is that in which it came, whatever the clock showed', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    await inventory.hosts.save(createHost({ addedAt: Date.UTC(2036) }))
    await inventory.hosts.save(createHost({ id: OTHER_HOST_ID, name: 'beta', addedAt: 1 }))
    await inventory.hosts.save(createHost({ addedAt: Date.UTC(2036), user: 'root' }))
    expect((await inventory.hosts.fetchAll()).map(({ name }) => name)).toEqual(['alpha', 'beta'])
    for (const [number, queuedAt] of [
      [1, Date.UTC(2036)],
      [2, 50],
      [3, 40],
    ] as const) {
      await inventory.operations.save([createSampleOperation(number, 'succeeded', { queuedAt })])
    }
    const last = (id: string) => Number(id.at(-1))
    expect((await inventory.operations.fetchEnded(2)).map(({ id }) => last(id))).toEqual([3, 2])
    await inventory.operations.prune(1)
    expect((await inventory.operations.fetchEnded(9)).map(({ id }) => last(id))).toEqual([3])
  })
})

describe('VM definitions', () => {
  it('are replaced per host, found by VM, and go with their host', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    await inventory.hosts.save(createHost())
    await inventory.hosts.save(createHost({ id: OTHER_HOST_ID, name: 'beta' }))
    const definition = { hostId: HOST_ID, vmId: VM_ID, name: 'web-01', xml: "<domain a='&amp;'>\n</domain>", readAt: 1 }
    const newer = { ...definition, hostId: OTHER_HOST_ID, readAt: 5 }
    await inventory.vmDefinitions.saveAll([{ ...definition, xml: 'old' }, newer])
    await inventory.vmDefinitions.saveAll([definition])
    await inventory.vmDefinitions.saveAll([])
    expect(await inventory.vmDefinitions.fetchForHost(HOST_ID)).toEqual([definition])
    const { vmId, name, readAt } = definition
    expect(await inventory.vmDefinitions.fetchNamesForHost(HOST_ID)).toEqual([{ vmId, name, readAt }])
    // By the order in which they came: the clock of the other host's one was ahead.
    expect(await inventory.vmDefinitions.fetchForVm(VM_ID)).toEqual([definition, newer])
    await inventory.vmDefinitions.remove(OTHER_HOST_ID, [VM_ID])
    await inventory.hosts.remove(HOST_ID)
    expect(await inventory.vmDefinitions.fetchForVm(VM_ID)).toEqual([])
  })

  it('keep the version that was known beside the one that is there, until it is accepted as it was seen', async () => {
    const dataDir = await createTemporaryFolder()
    let inventory = await openWithCluster(dataDir)
    await inventory.hosts.save(createHost())
    const ref = { hostId: HOST_ID, vmId: VM_ID }
    const read = (xml: string, readAt: number) => ({ ...ref, name: 'web-01', xml, readAt })
    const merge = (xml: string, readAt: number) =>
      inventory.vmDefinitions.merge([read(xml, readAt)], decideDefinitionDrift)
    expect(await merge('<a/>', 1)).toMatchObject([{ revision: 1, drift: null }])
    expect(await merge('<b/>', 2)).toMatchObject([{ revision: 2, drift: { knownAt: 1, noticedAt: 2 } }])
    await inventory.close()
    inventory = await openForTest(dataDir)
    expect(await merge('<c/>', 3)).toMatchObject([
      { revision: 3, drift: { knownXml: '<a/>', knownAt: 1, noticedAt: 2 } },
    ])
    expect(await inventory.vmDefinitions.fetchDrifted()).toMatchObject([{ ...ref, name: 'web-01', revision: 3 }])
    expect(await inventory.vmDefinitions.accept([{ ...ref, revision: 2 }])).toEqual([])
    expect(await inventory.vmDefinitions.accept([{ ...ref, revision: 3 }])).toHaveLength(1)
    expect(await inventory.vmDefinitions.fetchOne(ref)).toEqual({ ...read('<c/>', 3), drift: null })
    await merge('<d/>', 4)
    expect(await merge('<c/>', 5)).toMatchObject([{ drift: null }])
    expect(await inventory.vmDefinitions.fetchDrifted()).toEqual([])
    expect(await inventory.vmDefinitions.fetchOne({ ...ref, hostId: OTHER_HOST_ID })).toBeNull()
  })

  it('are stored all or none', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    await inventory.hosts.save(createHost())
    const definition = { hostId: HOST_ID, vmId: VM_ID, name: 'web-01', xml: '', readAt: 1 }
    await expect(
      inventory.vmDefinitions.saveAll([definition, { ...definition, hostId: OTHER_HOST_ID }]),
    ).rejects.toThrow('FOREIGN KEY')
    expect(await inventory.vmDefinitions.fetchForVm(VM_ID)).toEqual([])
  })
})

describe('what hosts told', () => {
  it('is replaced by kind, left out when it does not fit any more or is too long, and goes with its host', async () => {
    const dataDir = await createTemporaryFolder()
    let inventory = await openWithCluster(dataDir)
    const schema = z.object({ cpus: z.number() })
    const told = (cpus: unknown, toldAt: number) => ({ value: { cpus }, toldAt })
    // Of a host that nobody added nothing is kept, and nothing fails.
    await inventory.toldByHosts.save(HOST_ID, 'facts', told(1, 1))
    expect(await inventory.toldByHosts.fetch(HOST_ID, 'facts', schema)).toBeNull()
    await inventory.hosts.save(createHost())
    await inventory.toldByHosts.save(HOST_ID, 'facts', told(1, 1))
    await inventory.toldByHosts.save(HOST_ID, 'facts', told(2, 5))
    await inventory.toldByHosts.save(HOST_ID, 'cpu', told('two', 6))
    await inventory.toldByHosts.save(HOST_ID, 'devices', told('x'.repeat(1024 * 1024), 7))
    await inventory.clusters.saveCpuLevel(CLUSTER_ID, { model: 'EPYC' })
    await inventory.close()
    inventory = await openForTest(dataDir)
    expect([...(await inventory.toldByHosts.fetchAll('facts', schema))]).toEqual([[HOST_ID, told(2, 5)]])
    expect(await inventory.toldByHosts.fetchAll('cpu', schema)).toEqual(new Map())
    expect(await inventory.toldByHosts.fetch(HOST_ID, 'devices', z.unknown())).toBeNull()
    expect([...(await inventory.clusters.fetchCpuLevels())]).toEqual([[CLUSTER_ID, { model: 'EPYC' }]])
    await inventory.hosts.remove(HOST_ID)
    expect(await inventory.toldByHosts.fetch(HOST_ID, 'facts', schema)).toBeNull()
  })
})

describe('wishes of hosts', () => {
  it('are replaced by host, gone when nothing is wished any more, and go with their host', async () => {
    const dataDir = await createTemporaryFolder()
    let inventory = await openWithCluster(dataDir)
    await inventory.hosts.save(createHost())
    const movedVmIds = ['22222222-2222-4333-8444-555555555555' as VmId]
    const maintenance = { since: 1_000, user: 'kim', reason: 'new disks', movedVmIds }
    const power = { action: 'reboot', since: 2_000, user: 'kim', bootId: null } as const
    await inventory.hostWishes.save(HOST_ID, { maintenance: { ...maintenance, reason: null }, power: null })
    await inventory.hostWishes.save(HOST_ID, { maintenance, power })
    inventory = await reopen(dataDir, inventory)
    expect(await inventory.hostWishes.fetchAll()).toEqual(new Map([[HOST_ID, { maintenance, power }]]))
    await inventory.hostWishes.save(HOST_ID, { maintenance: null, power: null })
    expect(await inventory.hostWishes.fetchAll()).toEqual(new Map())
    await inventory.hostWishes.save(HOST_ID, { maintenance, power: null })
    await inventory.hosts.remove(HOST_ID)
    expect(await inventory.hostWishes.fetchAll()).toEqual(new Map())
  })
})

describe('statuses of VMs', () => {
  it('are replaced by VM, forgotten, and go with their host', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    await inventory.hosts.save(createHost())
    await inventory.hosts.save(createHost({ id: OTHER_HOST_ID, name: 'beta' }))
    const status: VmStatusRecord = {
      vmId: VM_ID,
      hostId: HOST_ID,
      status: 'up',
      domainId: 7,
      since: 1_000,
      exact: true,
    }
    const moved: VmStatusRecord = { ...status, hostId: OTHER_HOST_ID, status: 'down', domainId: null, exact: false }
    await inventory.vmStatuses.save([status], [])
    await inventory.vmStatuses.save([moved], [])
    await inventory.vmStatuses.save([], [])
    expect(await inventory.vmStatuses.fetchAll()).toEqual([moved])
    await inventory.vmStatuses.save([], [VM_ID])
    expect(await inventory.vmStatuses.fetchAll()).toEqual([])
    await inventory.vmStatuses.save([status], [])
    await inventory.hosts.remove(HOST_ID)
    expect(await inventory.vmStatuses.fetchAll()).toEqual([])
  })
})

describe('operations', () => {
  const save = (inventory: Inventory, ...records: OperationRecord[]) => inventory.operations.save(records)
  const open = (number: number) => createSampleOperation(number, 'left-behind')

  it('come back whole: ended ones newest first, open ones whatever their age', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    await save(inventory, open(1), ...[2, 3, 4].map((number) => createSampleOperation(number, 'queued')))
    await save(inventory, ...[2, 3, 4].map((number) => createSampleOperation(number)))
    const again = await reopen(dataDir, inventory)
    expect(await again.operations.fetchEnded(2)).toEqual([createSampleOperation(4), createSampleOperation(3)])
    expect(await again.operations.fetchOpen()).toEqual({ records: [open(1)], unreadable: [] })
  })

  it('keep the rows of a batch with it', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    const batch = createSampleOperation(1, 'running', { rowCount: 2 })
    const rows = [3, 2].map((number, position) =>
      createSampleOperation(number, position === 0 ? 'succeeded' : 'running', { parentId: batch.id, position }),
    )
    await save(inventory, batch, ...rows)
    expect((await inventory.operations.fetchOpen()).records.map(({ queuedAt }) => queuedAt)).toEqual([1, 3, 2])
    expect(await inventory.operations.fetchRows(batch.id)).toEqual(rows)
    expect(await inventory.operations.fetchEnded(9)).toEqual([])
    await save(inventory, { ...batch, status: 'failed' })
    await inventory.operations.prune(0)
    expect(await inventory.operations.fetchRows(batch.id)).toEqual([])
  })

  it('that asked guests which have not done it, are found, and of batches their rows', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    const batch = createSampleOperation(1, 'succeeded', { rowCount: 1 })
    const row = createSampleOperation(2, 'succeeded', { parentId: batch.id })
    const late = createSampleOperation(3, 'succeeded', { answer: { outcome: 'unanswered', at: 3 } })
    const done = createSampleOperation(4, 'succeeded', { answer: { outcome: 'done', at: 4 } })
    await save(inventory, batch, row, late, done, open(5), createSampleOperation(6, 'failed'))
    expect(await inventory.operations.fetchUnanswered(['vm.save'])).toEqual([row, late])
    expect(await inventory.operations.fetchUnanswered(['vm.shutdown'])).toEqual([])
  })

  it('are pruned to the newest ended ones; open ones stay', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    await save(inventory, open(1), ...[2, 3, 4, 5].map((number) => createSampleOperation(number, 'failed')))
    await inventory.operations.prune(2)
    expect((await inventory.operations.fetchEnded(99)).map(({ queuedAt }) => queuedAt)).toEqual([5, 4])
    expect((await inventory.operations.fetchOpen()).records).toHaveLength(1)
  })

  it('are named, not left out, when they are open and cannot be read', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    await save(inventory, { ...open(1), plan: { nonsense: true } as never })
    expect(await inventory.operations.fetchOpen()).toEqual({
      records: [],
      unreadable: [{ id: open(1).id, command: 'vm.save', queuedAt: 1 }],
    })
    await inventory.operations.giveUp(open(1).id)
    expect((await inventory.operations.fetchOpen()).unreadable).toEqual([])
  })
})

describe('a transaction', () => {
  it('spans repositories: all of it is there, or nothing', async () => {
    const inventory = await openWithCluster(await createTemporaryFolder())
    const attempt = inventory.transaction(async ({ hosts, secrets, operations }) => {
      await hosts.save(createHost())
      await secrets.set('host/x/password', 'hunter2')
      await operations.save([createSampleOperation(1)])
      throw new Error('in the middle')
    })
    await expect(attempt).rejects.toThrow('in the middle')
    expect(await inventory.hosts.fetchAll()).toEqual([])
    expect(await inventory.secrets.get('host/x/password')).toBeUndefined()
    expect(await inventory.operations.fetchEnded(9)).toEqual([])
    await inventory.transaction(({ hosts }) => hosts.save(createHost()))
    expect(await inventory.hosts.fetchAll()).toHaveLength(1)
  })
})

describe('the audit trail', () => {
  it('gives the newest lines first and forgets what is too old', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    await inventory.audit.append([createEvent(1, 100), createEvent(2, 200)])
    await inventory.audit.append([createEvent(10, 300)])
    expect(await inventory.audit.fetchLatest(2)).toEqual([createEvent(10, 300), createEvent(2, 200)])
    await inventory.audit.prune({ before: 200, now: 1_000 })
    expect((await inventory.audit.fetchLatest(9)).map((event) => event.id)).toEqual(['10', '2'])
    await inventory.audit.prune({ before: 500, now: 1_000 })
    expect(await inventory.audit.fetchLatest(9)).toEqual([])
  })

  it('keeps lines from the future no longer than those that came around them', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    await inventory.audit.append([
      createEvent(1, 100),
      createEvent(2, 9_000),
      createEvent(3, 200),
      createEvent(4, 9_500),
    ])
    const ids = async () => (await inventory.audit.fetchLatest(9)).map((event) => event.id)
    await inventory.audit.prune({ before: 50, now: 1_000 })
    expect(await ids()).toEqual(['4', '3', '2', '1'])
    await inventory.audit.prune({ before: 150, now: 1_000 })
    expect(await ids()).toEqual(['4', '3'])
    // Nothing is left that says which of them are old.
    await inventory.audit.prune({ before: 250, now: 1_000 })
    expect(await ids()).toEqual(['4'])
  })
})

describe('older lines of the trail', () => {
  it('are read page by page: all of them, those of a machine, and those of a host with what was on it', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    const onHost = { hostId: HOST_ID }
    const ofHost = { ...onHost, subject: { kind: 'host', id: HOST_ID, name: 'alpha' } as const }
    const changes = [{}, onHost, ofHost, onHost, {}, ofHost]
    await inventory.audit.append(changes.map((change, index) => ({ ...createEvent(index + 1), ...change })))
    const pages = async (objectIds: readonly string[] | null, limit = 2) => {
      const read: string[][] = []
      for (let before: string | null = '99'; before !== null; ) {
        const page: { events: readonly AuditEvent[]; next: string | null } = await inventory.audit.fetchBefore({
          before,
          objectIds,
          limit,
        })
        read.push(page.events.map((event) => event.id))
        before = page.next
      }
      return read
    }
    expect(await pages(null)).toEqual([
      ['6', '5'],
      ['4', '3'],
      ['2', '1'],
    ])
    expect(await pages(null, 6)).toEqual([['6', '5', '4', '3', '2', '1']])
    expect(await pages([VM_ID])).toEqual([
      ['5', '4'],
      ['2', '1'],
    ])
    expect(await pages([HOST_ID])).toEqual([
      ['6', '4'],
      ['3', '2'],
    ])
    expect(await pages([OTHER_HOST_ID])).toEqual([[]])
    // Of several, each line once, newest first.
    expect(await pages([HOST_ID, VM_ID, OTHER_HOST_ID], 4)).toEqual([
      ['6', '5', '4', '3'],
      ['2', '1'],
    ])
  })
})

describe('the last id of the trail', () => {
  it('counts a line that cannot be read any more', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    expect(await inventory.audit.fetchLastId()).toBe('0')
    await inventory.audit.append([createEvent(1)])
    await inventory.close()
    const file = new DatabaseSync(join(dataDir, 'inventory.db'))
    file.exec("INSERT INTO audit (id, at, kind, subject_id, event_json) VALUES (9, 9, 'vm.danced', 'x', '{}')")
    file.close()
    const again = await openForTest(dataDir)
    expect((await again.audit.fetchLatest(5)).map((event) => event.id)).toEqual(['1'])
    expect(await again.audit.fetchLastId()).toBe('9')
  })
})

describe('settings', () => {
  it('come back as stored; what was never set is left to its default', async () => {
    const inventory = await openForTest(await createTemporaryFolder())
    expect(await inventory.settings.fetch()).toEqual({})
    await inventory.settings.save({ ...defaultSettings, auditDays: 3, confirmForcedActions: false })
    expect(await inventory.settings.fetch()).toEqual({ ...defaultSettings, auditDays: 3, confirmForcedActions: false })
  })
})
