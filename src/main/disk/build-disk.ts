import type { Disk, DiskDefinition, StorageDomain } from '../../shared/domain/index.ts'
import type { FoundFile } from './on-host/list-files.ts'
import { aliasOf, foundDiskId } from './rules.ts'

export interface DiskParts {
  readonly domain: Pick<StorageDomain, 'id' | 'targetPath' | 'type'>
  readonly fileName: string
  /** As registered; null: by nobody. */
  readonly definition: DiskDefinition | null
  /** As found; null: it is not there. */
  readonly file: FoundFile | null
  readonly usedBy: Disk['usedBy']
  readonly isLocked: boolean
  readonly asOf: number | null
}

/** A disk as clients see it. Pure. */
export function buildDisk({ domain, fileName, definition, file, usedBy, isLocked, asOf }: DiskParts): Disk {
  const path = `${domain.targetPath}/${fileName}`
  const alias = definition?.alias ?? aliasOf(fileName)
  const found = file === null ? null : describeFile(file, domain)
  return {
    id: definition?.id ?? foundDiskId(domain.id, fileName),
    storageDomainId: domain.id,
    fileName,
    path,
    alias,
    name: alias,
    description: definition?.description ?? '',
    registered: definition !== null,
    kind: definition?.kind ?? found?.kind ?? 'other',
    format: definition?.format ?? found?.format ?? 'unknown',
    virtualBytes: found?.virtualBytes ?? definition?.virtualBytes ?? null,
    allocatedBytes: file?.allocatedBytes ?? null,
    backingPath: found?.backingPath ?? null,
    shareable: definition?.shareable ?? false,
    readOnly: definition?.readOnly ?? found?.kind === 'image',
    discard: definition?.discard ?? false,
    status: isLocked ? 'locked' : decideDiskStatus(definition, found, asOf),
    usedBy,
    revision: definition?.revision ?? 0,
    volumeId: found?.volumeId ?? null,
    asOf,
  }
}

interface Described extends Pick<Disk, 'kind' | 'format' | 'virtualBytes' | 'backingPath' | 'volumeId'> {}

/** What a file is by its header. Pure. */
export function describeFile(file: FoundFile, domain: Pick<StorageDomain, 'targetPath' | 'type'>): Described {
  const { header, sizeBytes } = file
  if (header.kind === 'unsupported')
    return { kind: 'other', format: 'unknown', virtualBytes: null, backingPath: null, volumeId: null }
  const kind = header.format === 'iso' || domain.type === 'iso' ? 'image' : 'disk'
  if (header.kind === 'damaged')
    return { kind, format: header.format, virtualBytes: null, backingPath: null, volumeId: null }
  const backing = header.outsideFiles.find(({ kind: of }) => of === 'backing')?.name ?? null
  return {
    kind,
    format: header.format,
    virtualBytes: header.virtualBytes ?? sizeBytes,
    backingPath: backing === null ? null : resolveBacking(backing, domain.targetPath),
    volumeId: header.volumeId,
  }
}

/** QEMU takes a relative name from the folder of the layer. */
function resolveBacking(name: string, folder: string): string {
  return name.startsWith('/') || name.includes(':') ? name : `${folder}/${name.replace(/^\.\//, '')}`
}

function decideDiskStatus(
  definition: DiskDefinition | null,
  found: Described | null,
  asOf: number | null,
): Disk['status'] {
  if (definition === null || asOf === null) return 'ok'
  return found === null || found.format !== definition.format ? 'illegal' : 'ok'
}
