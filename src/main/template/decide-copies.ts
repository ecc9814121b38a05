import type { DiskId, StorageDomain, StorageDomainId, Vm } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import {
  allocatedBytesOf,
  type DiskOrigin,
  decideCopyHost,
  decideDataDomain,
  decideDomainTakes,
  decideFileThere,
  decideInFolder,
  describeNewDisk,
  firstRefusal,
  type NewMachineDisk,
} from '../disk/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { CloneSource, SourceDisk } from './clone-source.ts'

export interface CopyWish {
  /** What the disks are called after. */
  readonly name: string
  readonly diskIdOf: (index: number) => DiskId
  readonly thin: boolean
  /** Null: each beside its original. */
  readonly storageDomainId: StorageDomainId | null
  /** They are only read from then on. */
  readonly readOnly: boolean
  /** The command that it is for. */
  readonly action: 'vm.clone' | 'template.create'
}

/** A disk that is made of one of a machine's, in its place. */
export interface DiskCopy {
  readonly target: string
  readonly bus: string
  readonly made: NewMachineDisk
  readonly path: string
  readonly domain: StorageDomain
}

/** What is made of a machine's disks, or why one of them cannot be. Pure. */
export function decideCopies(
  model: ModelSnapshot,
  source: CloneSource,
  wish: CopyWish,
): readonly DiskCopy[] | AppError {
  const copies: DiskCopy[] = []
  const needed = new Map<StorageDomainId, number>()
  for (const [index, disk] of source.disks.entries()) {
    const alias = source.disks.length > 1 ? `${wish.name}-${index + 1}` : wish.name
    const copy = decideCopy(model, source.vm, disk, { ...wish, alias, id: wish.diskIdOf(index) })
    if (copy instanceof AppError) return copy
    copies.push(copy)
    const bytes = wish.thin ? 0 : allocatedBytesOf(model, disk.disk)
    needed.set(copy.domain.id, (needed.get(copy.domain.id) ?? 0) + bytes)
  }
  return firstRefusal(...[...needed].map(([id, bytes]) => decideDomainTakes(model, id, bytes))) ?? copies
}

type OneWish = Omit<CopyWish, 'name' | 'diskIdOf'> & { readonly alias: string; readonly id: DiskId }

function decideCopy(model: ModelSnapshot, vm: Vm, source: SourceDisk, wish: OneWish): DiskCopy | AppError {
  const { target, bus, path, format, snapshot, inUse, isFrozen, disk } = source
  const about = { subject: vm.name }
  const domain = model.storageDomains.get(wish.storageDomainId ?? disk?.storageDomainId ?? ('' as StorageDomainId))
  if (domain === undefined) {
    const storageDomainId = wish.storageDomainId
    return storageDomainId === null
      ? new AppError('clone.nowhere', { name: vm.name, target }, about)
      : new AppError('storage.not-found', { storageDomainId })
  }
  const refusal = firstRefusal(
    decideDomainTakes(model, domain.id, 0),
    decideDataDomain(model, domain.id),
    decideInFolder(model, domain.id, wish.action),
    decideInFolder(model, disk?.storageDomainId, wish.action),
    decideSameDatacenter(model, vm, domain),
    disk === null ? null : decideFileThere(model, disk.id),
    wish.thin ? decideThin(vm, source, domain) : null,
  )
  if (refusal !== null) return refusal
  const hostId = decideCopyHost(model, vm.hostId, disk, domain)
  if (hostId === null)
    return new AppError('clone.out-of-reach', { name: vm.name, target, domainName: domain.name }, about)
  const definition = describeNewDisk(domain.storage, {
    id: wish.id,
    storageDomainId: domain.id,
    alias: wish.alias,
    format: wish.thin ? 'qcow2' : format,
    sizeBytes: disk?.virtualBytes ?? 0,
    shareable: false,
    readOnly: wish.readOnly,
    discard: disk?.registered === true ? disk.discard : true,
  })
  const origin: DiskOrigin = { path, format, snapshot, inUse: inUse && !isFrozen, thin: wish.thin, hostId }
  // How large it is says its header once it is there.
  const sized = { ...definition, virtualBytes: disk?.virtualBytes ?? null }
  const made = { definition: sized, isPreallocated: false, origin }
  return { target, bus, made, path: `${domain.targetPath}/${definition.fileName}`, domain }
}

function decideSameDatacenter(model: ModelSnapshot, vm: Vm, domain: StorageDomain): AppError | null {
  const cluster = model.clusters.get(vm.clusterId)
  if (cluster === undefined || cluster.datacenterId === domain.datacenterId) return null
  return new AppError('vm.other-datacenter', { name: domain.name, otherName: cluster.name })
}

/** A layer is in the folder of what it lies on, and that is not written any more. */
function decideThin(vm: Vm, { isFrozen, disk, target }: SourceDisk, domain: StorageDomain): AppError | null {
  const about = { subject: vm.name }
  if (!isFrozen) return new AppError('clone.thin-needs-layers', { name: vm.name }, about)
  if (disk?.storageDomainId === domain.id) return null
  return new AppError('clone.thin-elsewhere', { name: vm.name, target }, about)
}
