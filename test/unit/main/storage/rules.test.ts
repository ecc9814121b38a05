import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import {
  decideActivate,
  decideDatacenterTakes,
  decideDestroy,
  decideDetach,
  decideHostJoinsStorage,
  decideMaintenance,
  decideMountOptions,
  decideMountOptionsEdit,
  decidePlaceFree,
  decideRemove,
  strayHostsOf,
} from '../../../../src/main/storage/rules.ts'
import type {
  Cluster,
  ClusterId,
  Datacenter,
  DatacenterId,
  DiskId,
  Host,
  HostId,
  StorageDomain,
  StorageDomainId,
  Task,
  Template,
  VmId,
} from '../../../../src/shared/domain/index.ts'
import { inventCluster, inventDatacenter, inventTask } from '../../renderer/invented.ts'
import { inventDisk } from '../../renderer/invented-storage.ts'
import { makeHost } from '../host/make-host.ts'
import { makeModel, makeVm } from '../vm/make-model.ts'
import { makeDomain } from './make-domain.ts'

const DATACENTER = 'dddddddd-0000-4000-8000-000000000001' as DatacenterId
const CLUSTER = 'cccccccc-0000-4000-8000-000000000001' as ClusterId
const HOST = 'aaaaaaaa-0000-4000-8000-0000000000a1' as HostId
const id = (name: string) => name as StorageDomainId

const domain = (name: string, changes: Partial<StorageDomain> = {}): StorageDomain =>
  makeDomain({
    id: id(name),
    name,
    datacenterId: DATACENTER,
    status: 'active',
    storage: { kind: 'posix', path: `/${name}` },
    targetPath: `/${name}`,
    ...changes,
  })
const master = (changes: Partial<StorageDomain> = {}) => domain('master', { isMaster: true, ...changes })

interface World {
  readonly domains?: readonly StorageDomain[]
  readonly host?: Partial<Host>
  readonly datacenter?: Partial<Datacenter>
  readonly disk?: string
  readonly vmStatus?: 'up' | 'down'
}

function model({ domains = [], host = {}, datacenter = {}, disk, vmStatus = 'up' }: World): ModelSnapshot {
  const disks = disk === undefined ? [] : [{ ...DISK, source: disk }]
  const vm = makeVm({ id: 'vm' as VmId, name: 'web', hostId: HOST, status: vmStatus, disks })
  return {
    ...makeModel(vm),
    datacenters: new EntityTable([[DATACENTER, inventDatacenter(1, { id: DATACENTER, name: 'Seoul', ...datacenter })]]),
    clusters: new EntityTable<ClusterId, Cluster>([
      [CLUSTER, inventCluster(1, { id: CLUSTER, datacenterId: DATACENTER })],
    ]),
    hosts: new EntityTable<HostId, Host>([[HOST, makeHost({ id: HOST, clusterId: CLUSTER, ...host })]]),
    storageDomains: new EntityTable(domains.map((each) => [each.id, each])),
  }
}

const DISK = {
  target: 'vda',
  bus: 'virtio',
  device: 'disk',
  sourceType: 'file',
  format: 'qcow2',
  readOnly: false,
} as const
const posix = (path = '/new') => ({ kind: 'posix', path }) as const

describe('a datacenter takes a storage domain', () => {
  test.each([
    ['as its first', {}, 'data', posix(), null],
    ['that is data first', {}, 'iso', posix(), 'storage.first-must-be-data'],
    ['beside its master', { domains: [master()] }, 'iso', posix(), null],
    [
      'only while the master is active',
      { domains: [master({ status: 'maintenance' })] },
      'data',
      posix(),
      'storage.master-not-active',
    ],
    ['of media once', { domains: [master(), domain('iso', { type: 'iso' })] }, 'iso', posix(), 'storage.type-taken'],
    ['of archives beside media', { domains: [master(), domain('iso', { type: 'iso' })] }, 'export', posix(), null],
    ['only through a host', { host: { status: 'connecting' } }, 'data', posix(), 'storage.no-up-host'],
    [
      'through a host that its storage keeps from machines',
      { host: { status: 'non-operational' } },
      'data',
      posix(),
      null,
    ],
    ['that is shared', {}, 'data', { kind: 'local', path: '/a' }, 'storage.shared-only'],
    ['that is local', { datacenter: { storageType: 'local' } }, 'data', posix(), 'storage.local-only'],
  ] as const)('%s', (_what, world, type, storage, code) => {
    expect(decideDatacenterTakes(model(world as World), DATACENTER, { type, storage })?.code ?? null).toBe(code)
  })

  test('in no place of another one', () => {
    const world = model({ domains: [domain('a')] })
    expect(decidePlaceFree(world, posix('/a'))?.code).toBe('storage.place-taken')
    expect(decidePlaceFree(world, posix('/a/b'))?.code).toBe('storage.path-nested')
    expect(decidePlaceFree(world, posix('/b'))).toBeNull()
  })
})

describe('a storage domain goes out of use', () => {
  test.each([
    ['when nothing is in it', { domains: [master()] }, null],
    [
      'not while a machine runs with a disk in it',
      { domains: [master()], disk: '/master/web.qcow2' },
      'storage.in-use',
    ],
    ['when the machine is down', { domains: [master()], disk: '/master/web.qcow2', vmStatus: 'down' }, null],
    ['when the disk is in another folder', { domains: [master()], disk: '/master2/web.qcow2' }, null],
    [
      'not as the master of media in use',
      { domains: [master(), domain('iso', { type: 'iso' })] },
      'storage.master-in-use',
    ],
    [
      'when another data domain can follow it',
      { domains: [master(), domain('iso', { type: 'iso' }), domain('more')] },
      null,
    ],
    [
      'not while another is at work',
      { domains: [master(), domain('more', { status: 'activating' })] },
      'storage.master-in-use',
    ],
    ['not twice', { domains: [master({ status: 'maintenance' })] }, 'storage.wrong-status'],
    ['not where it belongs to nothing', { domains: [master({ datacenterId: null })] }, 'storage.not-attached'],
  ] as const)('%s', (_what, world, code) => {
    expect(decideMaintenance(model(world as World), id('master'))?.code ?? null).toBe(code)
  })

  test.each([
    [
      'an upload into it',
      { command: 'disk.upload', subject: { kind: 'storage-domain', id: 'master' } },
      'storage.busy',
    ],
    ['a download from it', { command: 'disk.download', subject: { kind: 'disk', id: 'disk' } }, 'storage.busy'],
    [
      'a disk that is moved into it',
      { command: 'disk.move', subject: { kind: 'disk', id: 'x' }, touches: [{ kind: 'storage-domain', id: 'master' }] },
      'storage.busy',
    ],
    [
      'one that begins soon',
      { command: 'disk.copy', status: 'queued', subject: { kind: 'disk', id: 'disk' } },
      'storage.busy',
    ],
    [
      'one that has ended',
      { command: 'disk.upload', status: 'failed', subject: { kind: 'storage-domain', id: 'master' } },
      null,
    ],
    ['one of another domain', { command: 'disk.upload', subject: { kind: 'storage-domain', id: 'more' } }, null],
    [
      'its own maintenance',
      { command: 'storage.maintenance', subject: { kind: 'storage-domain', id: 'master' } },
      null,
    ],
  ] as const)('is refused while its files are worked on: %s', (_what, change, code) => {
    const task = { ...inventTask(1, makeVm({})), status: 'running', touches: [], ...change } as unknown as Task
    const disk = inventDisk(1, { id: 'disk' as DiskId, storageDomainId: id('master') })
    const world: ModelSnapshot = {
      ...model({ domains: [master()] }),
      disks: new EntityTable([[disk.id, disk]]),
      tasks: new Map([[task.id, task]]),
    }
    expect(decideMaintenance(world, id('master'))?.code ?? null).toBe(code)
  })

  test('and is detached only then, the master last', () => {
    const others = domain('more', { status: 'maintenance' })
    expect(decideDetach(model({ domains: [master()] }), id('master'))?.code).toBe('storage.not-in-maintenance')
    const resting = master({ status: 'maintenance' })
    expect(decideDetach(model({ domains: [resting, others] }), id('master'))?.code).toBe('storage.master-last')
    expect(decideDetach(model({ domains: [resting, others] }), id('more'))).toBeNull()
    expect(decideDetach(model({ domains: [resting] }), id('master'))).toBeNull()
    expect(decideDestroy(model({ domains: [master()] }), id('master'))?.code).toBe('storage.wrong-status')
    expect(decideDestroy(model({ domains: [master({ status: 'inactive' })] }), id('master'))).toBeNull()
  })

  describe('with all that is in it only when nothing here needs that', () => {
    const away = domain('away', { datacenterId: null, status: 'unattached' })
    const template = (storageDomainId: StorageDomainId, version = 1) =>
      ({ id: 't', name: 'golden', version, disks: [{ storageDomainId }] }) as unknown as Template
    const world = (templates: readonly Template[], disk?: string): ModelSnapshot => ({
      ...model({ domains: [away], vmStatus: 'down', ...(disk === undefined ? {} : { disk }) }),
      templates: new EntityTable(templates.map((each) => [each.id, each])),
    })

    test.each([
      ['a template', world([template(away.id)]), [{ kind: 'template', id: 't', name: 'golden' }]],
      ['a later version', world([template(away.id, 2)]), [{ kind: 'template', id: 't', name: 'golden (2)' }]],
      ['a machine that is down', world([], '/away/web.qcow2'), [{ kind: 'vm', id: 'vm', name: 'web' }]],
    ])('%s has a disk there', (_what, from, references) => {
      const refusal = decideRemove(from, away.id, true)
      expect(refusal).toMatchObject({ code: 'storage.holds-disks', params: { name: 'away', count: 1, references } })
      // What is only forgotten can be imported, and its disks adopted.
      expect(decideRemove(from, away.id, false)).toBeNull()
    })

    test('disks elsewhere keep nothing', () => {
      expect(decideRemove(world([template(id('master'))], '/away-too/web.qcow2'), away.id, true)).toBeNull()
    })

    test('never while it is attached', () => {
      expect(decideRemove(model({ domains: [master()] }), id('master'), true)?.code).toBe('storage.attached')
    })
  })

  test('and comes back after its master', () => {
    const resting = master({ status: 'maintenance' })
    const more = domain('more', { status: 'maintenance' })
    expect(decideActivate(model({ domains: [resting, more] }), id('more'))?.code).toBe('storage.master-not-active')
    expect(decideActivate(model({ domains: [resting, more] }), id('master'))).toBeNull()
    expect(decideActivate(model({ domains: [master()] }), id('master'))?.code).toBe('storage.wrong-status')
  })
})

test('a datacenter with local storage has one host', () => {
  const local = model({ datacenter: { storageType: 'local' } })
  expect(decideHostJoinsStorage(local, CLUSTER, null)?.code).toBe('storage.local-taken')
  expect(decideHostJoinsStorage(local, CLUSTER, HOST)).toBeNull()
  expect(decideHostJoinsStorage(model({}), CLUSTER, null)).toBeNull()
})

test('a domain is taken off hosts in maintenance, in other datacenters, and all when it is out of use', () => {
  const strays = (host: Partial<Host>, datacenterId: DatacenterId | null, wishedActive = true) =>
    strayHostsOf(model({ host }), { datacenterId, wishedActive }).length
  expect(strays({ status: 'up' }, DATACENTER)).toBe(0)
  expect(strays({ status: 'maintenance' }, DATACENTER)).toBe(1)
  expect(strays({ status: 'maintenance', stale: true }, DATACENTER)).toBe(0)
  expect(strays({ status: 'up' }, null)).toBe(1)
  expect(strays({ status: 'up' }, DATACENTER, false)).toBe(1)
})

describe('mount options', () => {
  const nfs = { kind: 'nfs', server: 'nas', export: '/data', version: 'auto' } as const

  test('are refused by name, and what they carry is not told', () => {
    const options = 'hard,password=hunter2'
    expect(decideMountOptions({ ...nfs, mountOptions: 'hard' })).toBeNull()
    const refusal = decideMountOptions({ ...nfs, mountOptions: options })
    expect(refusal).toMatchObject({ code: 'storage.mount-option-secret', params: { option: 'password' } })
    expect(JSON.stringify(refusal)).not.toContain('hunter2')
  })

  test('are changed while a domain is mounted nowhere, to others that it can have', () => {
    const of = (status: StorageDomain['status'], options: string) =>
      decideMountOptionsEdit(domain('data', { status, storage: { ...nfs, mountOptions: 'soft' } }), options)?.code ??
      null
    expect(of('active', 'hard')).toBe('storage.not-in-maintenance')
    expect(of('maintenance', 'hard')).toBeNull()
    expect(of('unattached', '')).toBeNull()
    expect(of('maintenance', 'ro')).toBe('storage.mount-option-managed')
  })
})
