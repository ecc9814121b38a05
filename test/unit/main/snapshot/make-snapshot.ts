import type { FoundSnapshot } from '../../../../src/main/snapshot/fetch-snapshots.ts'
import type { VmDisk } from '../../../../src/shared/domain/index.ts'

/** A snapshot of a test, inside images unless said otherwise. */
export function makeSnapshot(name: string, changes: Partial<FoundSnapshot> = {}): FoundSnapshot {
  return {
    name,
    description: null,
    state: 'shutoff',
    createdAt: 0,
    parent: null,
    memory: { kind: 'no', file: null },
    disks: [{ target: 'vda', kind: 'internal', layer: null }],
    domainXml: '<domain/>',
    sources: new Map([['vda', '/data/web.qcow2']]),
    isCurrent: false,
    isRead: true,
    ...changes,
  }
}

/** One with a layer. */
export function makeLayered(name: string, changes: Partial<FoundSnapshot> = {}): FoundSnapshot {
  return makeSnapshot(name, { disks: [{ target: 'vda', kind: 'external', layer: `/data/${name}` }], ...changes })
}

export function makeDisk(changes: Partial<VmDisk> = {}): VmDisk {
  const disk = { target: 'vda', bus: 'virtio', device: 'disk', sourceType: 'file', source: '/data/web.qcow2' } as const
  return { ...disk, format: 'qcow2', readOnly: false, ...changes }
}
