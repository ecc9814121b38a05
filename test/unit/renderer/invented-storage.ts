import type { StorageHostCheck } from '../../../src/shared/contract/index.ts'
import type { Disk, DiskId, HostId, StorageDomain, StorageDomainId } from '../../../src/shared/domain/index.ts'
import { guid, INVENTED_DATACENTER, inventError } from './invented.ts'

/*
 * Invented storage for tests and for looking at pages without a host.
 */

const NOW = Date.now()
const GIB = 1_073_741_824

export function inventStorageDomain(number: number, change: Partial<StorageDomain> = {}): StorageDomain {
  const id = guid(6, number) as StorageDomainId
  return {
    id,
    datacenterId: INVENTED_DATACENTER,
    name: `data-${number}`,
    description: '',
    type: 'data',
    storage: { kind: 'nfs', server: '10.77.0.1', export: `/exports/data-${number}`, version: 'auto' },
    poolName: `virtdeck-${id.slice(0, 8)}`,
    targetPath: `/var/lib/virtdeck/domains/${id}`,
    isMaster: number === 1,
    masterVersion: 1,
    warningFreePercent: 10,
    criticalFreeBytes: 5 * GIB,
    locks: { verdict: 'exclusive-and-fencing', leaseSeconds: 90, provedAt: NOW - 3_600_000 },
    revision: 1,
    status: 'active',
    statusSince: NOW - 3_600_000,
    connections: [1, 2].map((host) => ({
      hostId: guid(1, host) as HostId,
      status: 'connected' as const,
      error: null,
      since: NOW - 3_600_000,
      mounted: { version: '4.2', options: 'rw,relatime,vers=4.2,hard,timeo=600' },
    })),
    capacityBytes: 2_048 * GIB,
    allocationBytes: 1_310 * GIB,
    availableBytes: 738 * GIB,
    provisionedBytes: 2_600 * GIB,
    asOf: NOW - 20_000,
    stale: false,
    owner: { status: 'ours', engine: { id: guid(9, 1), name: 'virtdeck at admin' } },
    diskCount: 3,
    problems: [],
    ...change,
  }
}

export function inventDisk(number: number, change: Partial<Disk> = {}): Disk {
  const id = guid(7, number) as DiskId
  const name = change.name ?? `disk-${number}`
  return {
    id,
    name,
    storageDomainId: guid(6, 1) as StorageDomainId,
    fileName: `${name}-${id.slice(0, 8)}.qcow2`,
    alias: name,
    description: '',
    kind: 'disk',
    format: 'qcow2',
    virtualBytes: 40 * GIB,
    shareable: false,
    readOnly: false,
    discard: true,
    revision: 1,
    path: `/var/lib/virtdeck/domains/${guid(6, 1)}/${name}.qcow2`,
    registered: true,
    allocatedBytes: 11.4 * GIB,
    backingPath: null,
    status: 'ok',
    usedBy: [],
    volumeId: null,
    asOf: NOW - 20_000,
    ...change,
  }
}

/** Domains as a datacenter has them: master, media, and one that a host does not reach and is nearly full. */
export function inventStorage(): readonly StorageDomain[] {
  const cutOff = inventError('storage.not-writable', {
    hostName: 'node2.lab',
    path: '/mnt/fast',
    qemuUser: 'libvirt-qemu',
    remedy: 'chown 64055:64055 /mnt/fast',
  })
  return [
    inventStorageDomain(1),
    inventStorageDomain(2, {
      name: 'iso',
      type: 'iso',
      storage: { kind: 'nfs', server: '10.77.0.1', export: '/exports/iso', version: '4.2' },
      capacityBytes: 500 * GIB,
      allocationBytes: 61 * GIB,
      availableBytes: 439 * GIB,
      provisionedBytes: 61 * GIB,
      diskCount: 2,
      locks: { verdict: 'unproved', leaseSeconds: null, provedAt: null },
    }),
    inventStorageDomain(3, {
      name: 'fast',
      storage: { kind: 'posix', path: '/mnt/fast' },
      targetPath: '/mnt/fast',
      capacityBytes: 400 * GIB,
      allocationBytes: 371 * GIB,
      availableBytes: 29 * GIB,
      provisionedBytes: 820 * GIB,
      diskCount: 0,
      locks: { verdict: 'exclusive', leaseSeconds: null, provedAt: NOW - 7_200_000 },
      connections: [
        { hostId: guid(1, 1) as HostId, status: 'connected', error: null, since: NOW - 7_200_000, mounted: null },
        { hostId: guid(1, 2) as HostId, status: 'failed', error: cutOff, since: NOW - 300_000, mounted: null },
      ],
      problems: [
        { severity: 'error', error: inventError('storage.host-cut-off', { name: 'fast', hostName: 'node2.lab' }) },
        {
          severity: 'warning',
          error: inventError('storage.space-low', {
            name: 'fast',
            freeBytes: 29 * GIB,
            capacityBytes: 400 * GIB,
            warningFreePercent: 10,
          }),
        },
      ],
    }),
  ]
}

/** What two hosts say to a place of which one may not write there. */
export function inventHostChecks(): readonly StorageHostCheck[] {
  const [, , fast] = inventStorage()
  const refused = fast?.connections[1]?.error
  const check = (host: number, errors: StorageHostCheck['errors']): StorageHostCheck => ({
    hostId: guid(1, host) as HostId,
    hostName: `node${host}.lab`,
    errors,
    warnings: [],
    mounted: null,
    capacityBytes: 400 * GIB,
    availableBytes: 372 * GIB,
    holds: null,
  })
  return [check(1, []), check(2, refused === null || refused === undefined ? [] : [refused])]
}
