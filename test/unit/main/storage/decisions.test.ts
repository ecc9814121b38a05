import { describe, expect, test } from 'vitest'
import { buildStorageDomain } from '../../../../src/main/storage/build-storage-domain.ts'
import { decideLookPauseMs } from '../../../../src/main/storage/decide-look-pause.ts'
import { decideNewMaster } from '../../../../src/main/storage/decide-new-master.ts'
import { decideStorageObstacle, type StorageTrouble } from '../../../../src/main/storage/decide-storage-obstacle.ts'
import { decideOverlap, decidePool } from '../../../../src/main/storage/domain-pool.ts'
import type {
  DatacenterId,
  DomainStorage,
  HostId,
  StorageDomain,
  StorageDomainId,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { GIB, makeDomain, makeRecord } from './make-domain.ts'

const ID = 'aaaaaaaa-0000-4000-8000-000000000001' as StorageDomainId
const DATACENTER = 'dddddddd-0000-4000-8000-000000000001' as DatacenterId

describe('the place of a domain', () => {
  const posix = (path: string): DomainStorage => ({ kind: 'posix', path })
  const nfs = (server: string, path: string): DomainStorage => ({ kind: 'nfs', server, export: path, version: 'auto' })

  test.each([
    [posix('/data'), posix('/data/'), 'same'],
    [posix('/data/a'), posix('/data'), 'nested'],
    [posix('/data'), posix('/data/a'), 'nested'],
    [posix('/data2'), posix('/data'), 'apart'],
    [nfs('filer', '/e'), nfs('FILER', '/e'), 'same'],
    [nfs('filer', '/e/sub'), nfs('filer', '/e'), 'nested'],
    [nfs('filer', '/e'), nfs('other', '/e'), 'apart'],
    [nfs('filer', '/data'), posix('/data'), 'apart'],
    [{ kind: 'local', path: '/data' }, posix('/data'), 'same'],
  ] as const)('%j beside %j is %s', (one, other, overlap) => {
    expect(decideOverlap(one, other)).toBe(overlap)
  })

  test('gives its pool a name that can be read, and one path on every host', () => {
    expect(decidePool(ID, 'Fast disks (SSD)', posix('/data/'))).toMatchObject({
      poolName: 'Fast-disks-SSD-aaaaaaaa',
      targetPath: '/data',
    })
    expect(decidePool(ID, '데이터', nfs('filer', '/e'))).toMatchObject({
      poolName: 'domain-aaaaaaaa',
      targetPath: `/var/lib/virtdeck/domains/${ID}`,
    })
  })
})

describe('what is said of a domain', () => {
  const codes = (
    freeBytes: number,
    virtualBytes = 0,
    changes: Partial<Parameters<typeof buildStorageDomain>[0]> = {},
  ) =>
    buildStorageDomain({
      record: makeRecord(),
      status: 'active',
      statusSince: 0,
      connections: [],
      space: { capacityBytes: 100 * GIB, allocationBytes: 0, availableBytes: freeBytes, asOf: 1 },
      owner: { status: 'ours', engine: null },
      disks: [{ virtualBytes }, { virtualBytes: null }],
      ...changes,
    }).problems.map(({ error }) => error.code)

  test.each([
    ['enough is free', 10 * GIB, 0, []],
    ['less than a tenth is free', 10 * GIB - 1, 0, ['storage.space-low']],
    ['hardly anything is', 5 * GIB - 1, 0, ['storage.space-critical']],
    ['more is promised than there is', 50 * GIB, 101 * GIB, ['storage.over-allocated']],
  ] as const)('when %s', (_what, free, promised, expected) => {
    expect(codes(free, promised)).toEqual(expected)
  })

  test('is whose it is, and what its locks are worth', () => {
    expect(codes(50 * GIB, 0, { owner: { status: 'foreign', engine: { id: 'x', name: 'seoul' } } })).toEqual([
      'storage.owned-elsewhere',
    ])
    const locks = { verdict: 'none', leaseSeconds: null, provedAt: 1 } as const
    expect(codes(50 * GIB, 0, { record: makeRecord({ locks }) })).toEqual(['storage.no-locks'])
    expect(codes(50 * GIB, 0, { record: makeRecord({ locks, type: 'iso' }) })).toEqual([])
  })
})

describe('the next master', () => {
  const domain = (name: string, changes: Partial<StorageDomain>) =>
    makeDomain({ id: name as StorageDomainId, name, datacenterId: DATACENTER, status: 'active', ...changes })
  const master = domain('master', { isMaster: true, masterVersion: 3 })

  test.each([
    ['none but itself', [], null],
    ['the one that was it least recently', [domain('a', { masterVersion: 2 }), domain('b', { masterVersion: 1 })], 'b'],
    ['none that is not active', [domain('a', { status: 'inactive' })], null],
    ['no medium', [domain('a', { type: 'iso' })], null],
    ['no local folder', [domain('a', { storage: { kind: 'local', path: '/a' } })], null],
    ['none of another datacenter', [domain('a', { datacenterId: null })], null],
  ] as const)('is %s', (_what, others, name) => {
    expect(decideNewMaster(master, [master, ...others])?.name ?? null).toBe(name)
  })
})

describe('storage that a host does not reach', () => {
  const host = { id: 'h' as HostId, name: 'node 1' }
  const down = new AppError('storage.not-answering', { hostName: 'node 1', path: '/data', timeoutMs: 1 })
  const other = new AppError('storage.not-shared', { hostName: 'node 1', path: '/data', otherHostName: 'node 2' })
  const trouble: StorageTrouble = { domain: makeDomain(), error: down, forMs: 300_000, othersReachIt: true }

  test.each([
    ['keeps it from running machines after a while', [trouble], 'storage.host-cut-off'],
    ['is waited for first', [{ ...trouble, forMs: 299_999 }], null],
    ['is not waited for where it is something else', [{ ...trouble, error: other, forMs: 0 }], 'storage.not-shared'],
    ['is no fault of the host where nobody reaches it', [{ ...trouble, othersReachIt: false }], null],
    ['does not matter where it is media', [{ ...trouble, domain: makeDomain({ type: 'iso' }) }], null],
    ['does not matter where it is archives', [{ ...trouble, domain: makeDomain({ type: 'export' }) }], null],
  ] as const)('%s', (_what, troubles, code) => {
    expect(decideStorageObstacle(host, troubles, 300_000)?.code ?? null).toBe(code)
  })
})

test('looks come every half minute, after failures sooner, and always several within the time that is waited', () => {
  const pauses = [0, 1, 2, 3, 9].map((failures) => decideLookPauseMs(failures, 300_000))
  expect(pauses).toEqual([30_000, 2_000, 4_000, 8_000, 60_000])
  expect(decideLookPauseMs(0, 3_000)).toBe(600)
})
