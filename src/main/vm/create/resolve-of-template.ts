import type { Cluster, Disk, DiskDefinition, DiskId, StorageDomainId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import {
  allocatedBytesOf,
  type DiskOrigin,
  decideCopyHost,
  decideDataDomain,
  decideDomainTakes,
  decideInFolder,
  describeNewDisk,
  firstRefusal,
} from '../../disk/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

export interface ResolvedDisk {
  readonly definition: DiskDefinition
  readonly path: string
  /** Null: it is there already. */
  readonly made: { readonly isPreallocated: boolean; readonly origin: DiskOrigin | null } | null
}

/** How a disk of a template becomes one of a machine. */
export interface TemplateDiskWish {
  readonly id: DiskId
  readonly alias: string
  /** The machine. */
  readonly name: string
  readonly thin: boolean
  /** Where a copy goes; left out: beside the template's disk. */
  readonly storageDomainId: StorageDomainId | undefined
}

/** A disk that is made of one of a template: a layer beside it, or a copy. Errors as values. Pure. */
export function resolveOfTemplate(
  model: ModelSnapshot,
  cluster: Cluster,
  base: Disk,
  { id, alias, name, thin, storageDomainId: wanted }: TemplateDiskWish,
): ResolvedDisk | AppError {
  const storageDomainId = thin ? base.storageDomainId : (wanted ?? base.storageDomainId)
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) return new AppError('storage.not-found', { storageDomainId })
  if (domain.datacenterId !== cluster.datacenterId) {
    return new AppError('vm.other-datacenter', { name: domain.name, otherName: cluster.name })
  }
  const refusal = firstRefusal(
    decideDomainTakes(model, storageDomainId, 0),
    decideDataDomain(model, storageDomainId),
    decideInFolder(model, storageDomainId, 'vm.create'),
  )
  if (refusal !== null) return refusal
  const first = domain.connections.find(({ status }) => status === 'connected')
  const hostId = first === undefined ? null : decideCopyHost(model, first.hostId, base, domain)
  if (hostId === null) {
    return new AppError('clone.out-of-reach', { name, target: base.alias, domainName: domain.name }, { subject: name })
  }
  const definition = describeNewDisk(domain.storage, {
    id,
    storageDomainId,
    alias,
    format: thin || base.format !== 'raw' ? 'qcow2' : 'raw',
    sizeBytes: base.virtualBytes ?? 0,
    shareable: false,
    readOnly: false,
    discard: base.discard,
  })
  const origin = { path: base.path, format: base.format, snapshot: null, inUse: false, thin, hostId }
  return {
    // How large it is says its header once it is there.
    definition: { ...definition, virtualBytes: base.virtualBytes },
    path: `${domain.targetPath}/${definition.fileName}`,
    // A layer is the storage manager's to make, as all that is made at once.
    made: { isPreallocated: false, origin: thin ? { ...origin, hostId: null } : origin },
  }
}

/** Has each domain room for the copies that come into it? Null: it has. Pure. */
export function decideRoomForCopies(model: ModelSnapshot, disks: readonly ResolvedDisk[]): AppError | null {
  const needed = new Map<StorageDomainId, number>()
  for (const { definition, made } of disks) {
    const origin = made?.origin ?? null
    if (origin === null) continue
    const base = [...model.disks.values()].find(({ path }) => path === origin.path) ?? null
    const bytes = origin.thin ? 0 : allocatedBytesOf(model, base)
    needed.set(definition.storageDomainId, (needed.get(definition.storageDomainId) ?? 0) + bytes)
  }
  return firstRefusal(...[...needed].map(([id, bytes]) => decideDomainTakes(model, id, bytes)))
}
