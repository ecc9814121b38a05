import type {
  Cluster,
  DatacenterId,
  NewDiskSpec,
  StorageDomainId,
  VmCreateSpec,
  VmDiskSpec,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import {
  decideDataDomain,
  decideDiskThere,
  decideDomainTakes,
  decideDomainUsable,
  decideFileThere,
  decideUnused,
  firstRefusal,
} from '../../disk/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

const GIB = 1024 ** 3
const SECTOR_BYTES = 512

/** Is everything there that a new machine is to be made of? Null: yes. Pure. */
export function decideParts(model: ModelSnapshot, spec: VmCreateSpec): AppError | null {
  const cluster = model.clusters.get(spec.clusterId)
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: spec.clusterId })
  return firstRefusal(
    decideNameFree(model, cluster.datacenterId, spec.name),
    ...spec.disks.map((disk) => decideDisk(model, cluster, disk)),
    decideOnce(model, spec),
    ...decideSpace(model, cluster, spec),
    decideMedium(model, cluster, spec.cdrom),
  )
}

/** Is a name free among the machines of a datacenter, whatever its case? Null: yes. Pure. */
export function decideNameFree(model: ModelSnapshot, datacenterId: DatacenterId, name: string): AppError | null {
  const taken = model.vms
    .where('name', name)
    .some(({ clusterId }) => model.clusters.get(clusterId)?.datacenterId === datacenterId)
  if (!taken) return null
  const datacenterName = model.datacenters.get(datacenterId)?.name ?? datacenterId
  return new AppError('vm.name-taken', { name, datacenterName })
}

/** Can it be put into a drive of the cluster's machines? Null: yes. Pure. */
export function decideMedium(model: ModelSnapshot, cluster: Cluster, cdrom: VmCreateSpec['cdrom']): AppError | null {
  if (cdrom === null) return null
  const refusal = firstRefusal(
    decideDiskThere(model, cdrom.diskId, { unregistered: true }),
    decideFileThere(model, cdrom.diskId),
  )
  const disk = model.disks.get(cdrom.diskId)
  if (refusal !== null || disk === undefined) return refusal
  const { fileName, format, kind, storageDomainId } = disk
  if (kind !== 'image') return new AppError('vm.not-a-medium', { fileName, format })
  return decideSameDatacenter(model, cluster, storageDomainId)
}

/** Can a machine of the cluster be given that disk? Null: yes. Pure. */
export function decideDisk(model: ModelSnapshot, cluster: Cluster, use: VmDiskSpec): AppError | null {
  if (!('diskId' in use)) {
    const { storageDomainId } = use
    return firstRefusal(
      decideDomainUsable(model, storageDomainId),
      decideDataDomain(model, storageDomainId),
      decideSameDatacenter(model, cluster, storageDomainId),
    )
  }
  const refusal = firstRefusal(decideDiskThere(model, use.diskId), decideFileThere(model, use.diskId))
  const disk = model.disks.get(use.diskId)
  if (refusal !== null || disk === undefined) return refusal
  const { alias, format, kind, shareable, readOnly } = disk
  if (kind !== 'disk' || (format !== 'qcow2' && format !== 'raw')) {
    return new AppError('disk.wrong-format', { alias, format, action: 'vm.create' })
  }
  const mayShare = shareable || readOnly
  return firstRefusal(
    mayShare ? null : decideUnused(model, use.diskId),
    decideSameDatacenter(model, cluster, disk.storageDomainId),
  )
}

function decideOnce(model: ModelSnapshot, { disks }: VmCreateSpec): AppError | null {
  const seen = new Set<string>()
  for (const disk of disks) {
    if (!('diskId' in disk)) continue
    if (seen.has(disk.diskId)) {
      return new AppError('vm.disk-twice', { alias: model.disks.get(disk.diskId)?.alias ?? disk.diskId })
    }
    seen.add(disk.diskId)
  }
  return null
}

/** Has each domain the space of all disks that have theirs from the start? */
function decideSpace(model: ModelSnapshot, cluster: Cluster, { disks }: VmCreateSpec): (AppError | null)[] {
  const needed = new Map<StorageDomainId, number>()
  for (const disk of disks) {
    if ('diskId' in disk) continue
    const isPreallocated = (disk.allocation ?? cluster.settings.diskAllocation) === 'preallocated'
    const before = needed.get(disk.storageDomainId) ?? 0
    needed.set(disk.storageDomainId, before + (isPreallocated ? sizeBytesOf(disk) : 0))
  }
  return [...needed].map(([id, bytes]) => decideDomainTakes(model, id, bytes))
}

function decideSameDatacenter(
  model: ModelSnapshot,
  cluster: Cluster,
  storageDomainId: StorageDomainId,
): AppError | null {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) return new AppError('storage.not-found', { storageDomainId })
  if (domain.datacenterId === cluster.datacenterId) return null
  return new AppError('vm.other-datacenter', { name: domain.name, otherName: cluster.name })
}

/** Bytes of a new disk: whole sectors. Pure. */
export function sizeBytesOf({ sizeGiB }: Pick<NewDiskSpec, 'sizeGiB'>): number {
  return Math.max(1, Math.ceil((sizeGiB * GIB) / SECTOR_BYTES)) * SECTOR_BYTES
}
