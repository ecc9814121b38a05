import { createHash } from 'node:crypto'
import type {
  Disk,
  DiskId,
  DomainStorage,
  HostId,
  StorageDomain,
  StorageDomainId,
  Subject,
  Template,
  VmStatus,
} from '../../shared/domain/index.ts'
import { diskIdSchema, isBlockStorage } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/* What may be done with disks now. All pure; null: it may. */

const REFERENCES_NAMED = 8
const NOT_RUNNING: ReadonlySet<VmStatus> = new Set<VmStatus>(['down', 'suspended'])
const NAME_CHARACTERS = 60
const VOLUME_NAME_CHARACTERS = 40

/** Whether a machine of that status may have its disks open. */
export function mayRun(status: VmStatus): boolean {
  return !NOT_RUNNING.has(status)
}

/** What the audit and the task list call a disk. */
export function diskSubject(model: ModelSnapshot, { diskId }: { readonly diskId: DiskId }): Subject {
  return { kind: 'disk', id: diskId, name: model.disks.get(diskId)?.alias ?? diskId }
}

/** What they call one that is to be. */
export function domainSubject(
  model: ModelSnapshot,
  { storageDomainId }: { readonly storageDomainId: StorageDomainId },
): Subject {
  const name = model.storageDomains.get(storageDomainId)?.name ?? storageDomainId
  return { kind: 'storage-domain', id: storageDomainId, name }
}

/** The disk and its domain. Throws disk.not-found, storage.not-found. */
export function requireDisk(
  model: ModelSnapshot,
  diskId: DiskId,
): { readonly disk: Disk; readonly domain: StorageDomain } {
  const disk = model.disks.get(diskId)
  if (disk === undefined) throw new AppError('disk.not-found', { diskId })
  return { disk, domain: requireDomain(model, disk.storageDomainId) }
}

/** Throws storage.not-found. */
export function requireDomain(model: ModelSnapshot, storageDomainId: StorageDomainId): StorageDomain {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) throw new AppError('storage.not-found', { storageDomainId })
  return domain
}

/** Can files of the domain be worked on? */
export function decideDomainUsable(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) return new AppError('storage.not-found', { storageDomainId })
  const { name, status } = domain
  return status === 'active' ? null : new AppError('disk.domain-not-active', { name, status }, { subject: name })
}

/** Can it take so much more? `neededBytes` 0: nobody knows. */
export function decideDomainTakes(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId,
  neededBytes: number,
): AppError | null {
  const unusable = decideDomainUsable(model, storageDomainId)
  const domain = model.storageDomains.get(storageDomainId)
  if (unusable !== null || domain === undefined) return unusable
  const { name, availableBytes: freeBytes, criticalFreeBytes } = domain
  if (freeBytes === null) return null
  if (freeBytes <= criticalFreeBytes || freeBytes < neededBytes) {
    return new AppError('disk.no-space', { name, neededBytes: Math.max(neededBytes, criticalFreeBytes), freeBytes })
  }
  return null
}

/** A domain of machines' disks, for what only those have. */
export function decideDataDomain(model: ModelSnapshot, storageDomainId: StorageDomainId): AppError | null {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined || domain.type === 'data') return null
  return new AppError('disk.domain-type', { name: domain.name, type: domain.type })
}

/** Is there a disk whose domain can be worked on? `unregistered`: also one that nobody registered. */
export function decideDiskThere(
  model: ModelSnapshot,
  diskId: DiskId,
  { unregistered = false }: { readonly unregistered?: boolean } = {},
): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk === undefined) return new AppError('disk.not-found', { diskId })
  if (!disk.registered && !unregistered) return new AppError('disk.not-registered', { fileName: disk.fileName })
  return decideDomainUsable(model, disk.storageDomainId)
}

/** Is its file there? */
export function decideFileThere(model: ModelSnapshot, diskId: DiskId): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk?.status !== 'illegal') return null
  const name = model.storageDomains.get(disk.storageDomainId)?.name ?? ''
  return new AppError('disk.file-missing', { fileName: disk.fileName, name })
}

/** Does a machine have it? `running`: only those that run count. */
export function decideUnused(
  model: ModelSnapshot,
  diskId: DiskId,
  { running = false }: { readonly running?: boolean } = {},
): AppError | null {
  const disk = model.disks.get(diskId)
  const users = disk?.usedBy.filter((user) => user.running || !running) ?? []
  if (disk === undefined || users.length === 0) return null
  const references = users.slice(0, REFERENCES_NAMED).map(({ vmId: id, name }) => ({ kind: 'vm' as const, id, name }))
  return new AppError('disk.in-use', { alias: disk.alias, count: users.length, references })
}

/** The disk of a template: also while its domain, which was forgotten and imported, has the file under another id, as nobody adopted it yet. */
export function findTemplateDisk(
  { disks }: Pick<ModelSnapshot, 'disks'>,
  { diskId, storageDomainId, fileName }: Pick<Template['disks'][number], 'diskId' | 'storageDomainId' | 'fileName'>,
): Disk | undefined {
  return disks.get(diskId) ?? disks.where('storageDomainId', storageDomainId).find((disk) => disk.fileName === fileName)
}

/**
 * Is it no template's, and does no other registered disk lie on it? What machines lie on shows in who uses it; here are those that nobody has. Such a
 * base stays as it is.
 */
export function decideNoBase(model: ModelSnapshot, diskId: DiskId, action: string): AppError | null {
  const disk = model.disks.get(diskId)
  if (disk === undefined) return null
  const { alias, path, storageDomainId } = disk
  for (const { name, disks } of model.templates.values()) {
    if (disks.some((each) => findTemplateDisk(model, each)?.id === diskId))
      return new AppError('template.keeps-disk', { name, alias, action })
  }
  const inDomain = model.disks.where('storageDomainId', storageDomainId)
  const layer = inDomain.find(({ backingPath, registered }) => registered && backingPath === path)
  return layer === undefined ? null : new AppError('disk.has-layers', { alias, layer: layer.alias, action })
}

/** Have its machines no snapshots? They would not fit a disk that becomes another one. */
export function decideWithoutSnapshots(model: ModelSnapshot, diskId: DiskId, action: string): AppError | null {
  const users = model.disks.get(diskId)?.usedBy ?? []
  const kept = users.find(({ vmId }) => model.vms.get(vmId)?.hasSnapshots === true)
  return kept === undefined
    ? null
    : new AppError('snapshot.blocks', { name: kept.name, action }, { subject: kept.name })
}

/** Is it no layer that a machine's snapshots may need, whether the machine has it now or not? */
export function decideNoBranch(model: ModelSnapshot, diskId: DiskId, action: string): AppError | null {
  const disk = model.disks.get(diskId)
  const inDomain = disk === undefined ? [] : model.disks.where('storageDomainId', disk.storageDomainId)
  const byPath = new Map(inDomain.map((each) => [each.path, each]))
  const seen = new Set<Disk>()
  for (let below = byPath.get(disk?.backingPath ?? ''); below !== undefined && !seen.has(below); ) {
    seen.add(below)
    const refusal = decideWithoutSnapshots(model, below.id, action)
    if (refusal !== null) return refusal
    below = byPath.get(below.backingPath ?? '')
  }
  return null
}

/** Is a name free in a domain? */
export function decideFileFree(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId,
  fileName: string,
): AppError | null {
  const taken = model.disks.where('storageDomainId', storageDomainId).some((disk) => disk.fileName === fileName)
  if (!taken) return null
  return new AppError('disk.file-exists', { fileName, name: model.storageDomains.get(storageDomainId)?.name ?? '' })
}

/** The first that refuses. */
export function firstRefusal(...verdicts: readonly (AppError | null)[]): AppError | null {
  return verdicts.find((verdict) => verdict !== null) ?? null
}

/** A name without its ending, and without that of its packing. Pure. */
export function aliasOf(fileName: string): string {
  return withoutPacking(fileName)
    .replace(/(.)\.[^.]{1,8}$/, '$1')
    .slice(0, 120)
}

/** "debian.iso.xz" → "debian.iso". Pure. */
export function withoutPacking(fileName: string): string {
  return fileName.replace(/(.)\.(?:gz|xz|zst|zstd)$/i, '$1')
}

/** The name of a disk's file: what it is called, as file systems take it, with the beginning of its id. Pure. */
export function diskFileName(alias: string, diskId: string, format: string): string {
  const safe = alias
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
  // File systems count in bytes, and letters may have three.
  return `${[...safe].slice(0, NAME_CHARACTERS).join('') || 'disk'}-${diskId.slice(0, 8)}.${format}`
}

/** The same for a volume of LVM, which takes few letters: lvm(8), "Valid names". Pure. */
export function diskVolumeName(alias: string, diskId: string, format: string): string {
  const safe = alias
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/^[.-]+|-+$/g, '')
  return `${safe.slice(0, VOLUME_NAME_CHARACTERS) || 'disk'}-${diskId.slice(0, 8)}.${format}`
}

/** What a disk is called where its domain lies. Pure. */
export function nameOfDisk(storage: DomainStorage, alias: string, diskId: string, format: string): string {
  return isBlockStorage(storage) ? diskVolumeName(alias, diskId, format) : diskFileName(alias, diskId, format)
}

/** On LUNs nothing is unpacked on the way: how large it becomes nobody knows when its volume is made. */
export function decideUnpacked(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId,
  fileName: string,
): AppError | null {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined || !isBlockStorage(domain.storage) || withoutPacking(fileName) === fileName) return null
  return new AppError('disk.image-not-ready', { fileName, name: domain.name })
}

/** On LUNs a disk is a volume of a fixed size, and not all can be done with it yet. `action`: the command. */
export function decideInFolder(
  model: ModelSnapshot,
  storageDomainId: StorageDomainId | undefined,
  action: string,
): AppError | null {
  const domain = storageDomainId === undefined ? undefined : model.storageDomains.get(storageDomainId)
  if (domain === undefined || !isBlockStorage(domain.storage)) return null
  return new AppError('disk.not-on-luns', { name: domain.name, action })
}

/** Has a host that storage domain, so that a machine of it can use what lies there? */
export function decideHostHas(
  model: ModelSnapshot,
  hostId: HostId | null,
  storageDomainId: StorageDomainId,
): AppError | null {
  const domain = model.storageDomains.get(storageDomainId)
  if (domain === undefined) return new AppError('storage.not-found', { storageDomainId })
  if (domain.connections.some((each) => each.hostId === hostId && each.status === 'connected')) return null
  const hostName = hostId === null ? '' : (model.hosts.get(hostId)?.name ?? hostId)
  const params = { hostName, storageName: domain.name }
  return new AppError('vm.host-storage-missing', params, hostId === null ? {} : { hostId })
}

/** The id of a file that nobody registered: a UUIDv5 (RFC 9562, 5.5) of its domain's id and its name. Pure. */
export function foundDiskId(storageDomainId: StorageDomainId, fileName: string): DiskId {
  const namespace = Buffer.from(storageDomainId.replaceAll('-', ''), 'hex')
  const bytes = createHash('sha1').update(namespace).update(fileName).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return diskIdSchema.parse(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  )
}
