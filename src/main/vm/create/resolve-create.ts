import { createHash } from 'node:crypto'
import {
  type Cluster,
  type Disk,
  type DiskId,
  diskIdSchema,
  type Host,
  isBlockStorage,
  type StorageDomain,
  type StorageDomainId,
  type TemplateId,
  type VmCreateSpec,
  type VmId,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { describeNewDisk } from '../../disk/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { XmlError } from '../../xml/index.ts'
import { buildDomainXml, decideDomainSpec, decidePlatform, type NicSource } from '../definition/index.ts'
import { decideHost, type SchedulingPolicy } from '../scheduler/decide-host.ts'
import { domainCapabilitiesOf } from '../scheduler/host-abilities.ts'
import type { VmNeeds } from '../scheduler/vm-needs.ts'
import { decideAttachments, decideRules } from './decide-attachments.ts'
import { decideMacs } from './decide-macs.ts'
import { decideParts, sizeBytesOf } from './decide-parts.ts'
import { decideRoomForCopies, type ResolvedDisk, resolveOfTemplate } from './resolve-of-template.ts'

/** A new machine with all that is decided before anything is done. */
export interface ResolvedCreate {
  readonly cluster: Cluster
  readonly host: Host
  readonly disks: readonly ResolvedDisk[]
  readonly macs: readonly string[]
  readonly seed: { readonly storageDomainId: StorageDomainId; readonly fileName: string } | null
  readonly xml: string
}

/**
 * Decides everything about a new machine: its host, its disks' files, its addresses, its definition. Pure;
 * errors say what is in the way.
 */
export function resolveCreate(
  model: ModelSnapshot,
  spec: VmCreateSpec,
  vmId: VmId,
  policy: SchedulingPolicy,
): ResolvedCreate | AppError {
  const refusal = decideParts(model, spec)
  const cluster = model.clusters.get(spec.clusterId)
  if (refusal !== null || cluster === undefined) {
    return refusal ?? new AppError('cluster.not-found', { clusterId: spec.clusterId })
  }
  const disks: ResolvedDisk[] = []
  for (const [index, disk] of spec.disks.entries()) {
    const resolved = resolveDisk(model, cluster, spec, vmId, index, disk)
    if (resolved instanceof AppError) return resolved
    disks.push(resolved)
  }
  const noRoom = decideRoomForCopies(model, disks)
  if (noRoom !== null) return noRoom
  const sources = decideAttachments(model, cluster, spec.nics)
  if (sources instanceof AppError) return sources
  const macs = decideMacs(model, cluster, {
    vmId,
    name: spec.name,
    wanted: spec.nics.map(({ macAddress }) => macAddress),
  })
  if (macs instanceof AppError) return macs
  const host = decideHost(model, needsOf(model, spec, disks, sources), policy)
  if (host instanceof AppError) return host
  const seed = seedOf(model, cluster, spec, vmId, disks)
  if (seed instanceof AppError) return seed
  const xml = buildXml(model, { spec, vmId, cluster, host, disks, sources, macs, seed }, policy)
  if (xml instanceof AppError) return xml
  return { cluster, host, disks, macs, seed, xml }
}

function needsOf(
  model: ModelSnapshot,
  spec: VmCreateSpec,
  disks: readonly ResolvedDisk[],
  sources: readonly NicSource[],
): VmNeeds {
  const media = spec.cdrom === null ? [] : [model.disks.get(spec.cdrom.diskId)]
  const domains = [...disks.map(({ definition }) => definition), ...media].flatMap(
    (disk) => disk?.storageDomainId ?? [],
  )
  return {
    name: spec.name,
    clusterId: spec.clusterId,
    vmId: null,
    memoryKiB: spec.memoryMiB * 1024,
    vcpus: spec.vcpus,
    architecture: spec.architecture ?? null,
    bridges: sources.flatMap((source) => (source.kind === 'bridge' ? [source.bridge] : [])),
    networks: sources.flatMap((source) => (source.kind === 'network' ? [source.network] : [])),
    storageDomainIds: [...new Set(domains)],
    pinnedTo: spec.hostId ?? null,
  }
}

function resolveDisk(
  model: ModelSnapshot,
  cluster: Cluster,
  spec: VmCreateSpec,
  vmId: VmId,
  index: number,
  disk: VmCreateSpec['disks'][number],
): ResolvedDisk | AppError {
  if ('diskId' in disk) {
    const known = model.disks.get(disk.diskId) as Disk
    const template = spec.templateId === 'blank' ? undefined : model.templates.get(spec.templateId)
    const isOfTemplate = template?.disks.some(({ diskId }) => diskId === disk.diskId) === true
    if (isOfTemplate) {
      const wish = { id: newDiskId(vmId, index), alias: aliasOf(spec, index), name: spec.name, thin: spec.thin }
      return resolveOfTemplate(model, cluster, known, { ...wish, storageDomainId: spec.storageDomainId })
    }
    return { definition: known, path: known.path, made: null }
  }
  // That it is there was decided before.
  const domain = model.storageDomains.get(disk.storageDomainId) as StorageDomain
  const definition = describeNewDisk(domain.storage, {
    id: newDiskId(vmId, index),
    storageDomainId: disk.storageDomainId,
    alias: disk.alias ?? aliasOf(spec, index),
    format: disk.format,
    sizeBytes: sizeBytesOf(disk),
    shareable: disk.shareable ?? false,
    readOnly: disk.readOnly ?? false,
    discard: disk.discard ?? true,
  })
  const isPreallocated = (disk.allocation ?? cluster.settings.diskAllocation) === 'preallocated'
  return { definition, path: `${domain.targetPath}/${definition.fileName}`, made: { isPreallocated, origin: null } }
}

function isOnLuns(model: ModelSnapshot, id: StorageDomainId): boolean {
  const domain = model.storageDomains.get(id)
  return domain !== undefined && isBlockStorage(domain.storage)
}

function aliasOf({ name, disks }: VmCreateSpec, index: number): string {
  return `${[...name].slice(0, 100).join('').replaceAll(/\p{C}/gu, '')}${disks.length > 1 ? `-${index + 1}` : ''}`
}

/** The id of a new disk of a machine, or of a template: the same each time that it is planned. A UUID of version 8 (RFC 9562, 5.8). Pure. */
export function newDiskId(ownerId: VmId | TemplateId, index: number): DiskId {
  const bytes = createHash('sha256').update(`${ownerId} ${index}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return diskIdSchema.parse(parts.join('-'))
}

/** Where the image for cloud-init lies: beside the first disk, else in the master domain. */
function seedOf(
  model: ModelSnapshot,
  cluster: Cluster,
  spec: VmCreateSpec,
  vmId: VmId,
  disks: readonly ResolvedDisk[],
): ResolvedCreate['seed'] | AppError {
  if (spec.cloudInit === undefined) return null
  // It is a file, which a domain on LUNs has no place for.
  const inFolders = model.storageDomains
    .where('datacenterId', cluster.datacenterId)
    .filter(({ type, storage }) => type === 'data' && !isBlockStorage(storage))
  const beside = inFolders.find(({ id }) => disks.some(({ definition }) => definition.storageDomainId === id))
  const active = inFolders.filter(({ status }) => status === 'active')
  const storageDomainId = (beside ?? active.find(({ isMaster }) => isMaster) ?? active[0])?.id
  if (storageDomainId === undefined) return new AppError('vm.seed-nowhere', { name: spec.name })
  return { storageDomainId, fileName: `.seed-${vmId}.iso` }
}

interface XmlParts {
  readonly spec: VmCreateSpec
  readonly vmId: VmId
  readonly cluster: Cluster
  readonly host: Host
  readonly disks: readonly ResolvedDisk[]
  readonly sources: readonly NicSource[]
  readonly macs: readonly string[]
  readonly seed: ResolvedCreate['seed']
}

function buildXml(model: ModelSnapshot, parts: XmlParts, policy: SchedulingPolicy): string | AppError {
  const { spec, vmId, cluster, host, disks, sources, macs, seed } = parts
  const unexamined = new AppError('vm.host-unexamined', { hostName: host.name }, { hostId: host.id, retry: 'safe' })
  const abilities = policy.abilitiesOf(host.id)
  if (abilities === null) return unexamined
  const platform = decidePlatform(abilities.capabilities, {
    architecture: spec.architecture ?? null,
    machineType: spec.machineType ?? cluster.settings.machineType,
  })
  if (platform === null) {
    const architecture = spec.architecture ?? abilities.capabilities.architecture
    return new AppError('vm.host-architecture', { hostName: host.name, architecture }, { hostId: host.id })
  }
  const capabilities = domainCapabilitiesOf(abilities, platform)
  if (capabilities === null) return unexamined
  const folderOf = (id: StorageDomainId) => model.storageDomains.get(id)?.targetPath ?? ''
  const context = {
    uuid: vmId,
    platform,
    capabilities,
    cluster,
    disks: disks.map(({ definition, path }) => ({
      path,
      isBlock: isOnLuns(model, definition.storageDomainId),
      format: definition.format === 'qcow2' ? ('qcow2' as const) : ('raw' as const),
      discard: definition.discard,
      readOnly: definition.readOnly,
      shareable: definition.shareable,
    })),
    nics: sources.map((source, index) => {
      const nic = spec.nics[index]
      return { source, rules: nic === undefined ? null : decideRules(model, nic), macAddress: macs[index] ?? '' }
    }),
    cdromPath: spec.cdrom === null ? null : (model.disks.get(spec.cdrom.diskId)?.path ?? null),
    seedPath: seed === null ? null : `${folderOf(seed.storageDomainId)}/${seed.fileName}`,
  }
  try {
    return buildDomainXml(decideDomainSpec(spec, context))
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return new AppError('vm.xml-unreadable', { detail: error.message }, { cause: error })
  }
}
