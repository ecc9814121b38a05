import type { StorageDomainRecord } from '../../../../src/main/inventory/index.ts'
import { buildStorageDomain } from '../../../../src/main/storage/build-storage-domain.ts'
import type { StorageDomain, StorageDomainId } from '../../../../src/shared/domain/index.ts'

export const GIB = 1_024 ** 3

/** A data domain of a test that belongs to nothing unless said otherwise. */
export function makeRecord(changes: Partial<StorageDomainRecord> = {}): StorageDomainRecord {
  return {
    id: 'aaaaaaaa-0000-4000-8000-000000000001' as StorageDomainId,
    datacenterId: null,
    name: 'data',
    description: '',
    type: 'data',
    storage: { kind: 'posix', path: '/data' },
    poolName: 'data-aaaaaaaa',
    targetPath: '/data',
    wishedActive: false,
    isMaster: false,
    masterVersion: 1,
    warningFreePercent: 10,
    criticalFreeBytes: 5 * GIB,
    locks: { verdict: 'exclusive', leaseSeconds: null, provedAt: 1 },
    generation: 1,
    revision: 1,
    createdAt: 1,
    ...changes,
  }
}

/** The same as clients see it. */
export function makeDomain(changes: Partial<StorageDomain> = {}): StorageDomain {
  const owner = { status: 'unknown', engine: null } as const
  const parts = { record: makeRecord(), status: 'unattached', statusSince: 0, owner } as const
  return { ...buildStorageDomain({ ...parts, connections: [], space: null, disks: [] }), ...changes }
}
