import type { DiskDefinition, DiskId, StorageDomainId } from '../../shared/domain/index.ts'
import type { DomainContents } from '../storage/index.ts'
import type { DiskStore } from './disk-store.ts'
import type { SeenFile } from './look-at-file.ts'
import { aliasOf } from './rules.ts'

/** What is kept of a disk that was found: as its domain describes it, with its id, where it does. */
export interface FoundDisk {
  readonly storageDomainId: StorageDomainId
  readonly fileName: string
  readonly seen: SeenFile
  /** Default: as described, else the file's name without its ending. */
  readonly alias?: string | undefined
  /** For one that nobody described, or whose id another disk has meanwhile. */
  readonly newId: DiskId
}

/** Decides as what a file is registered. Errors: those of reading what its domain describes. */
export async function describeFound(
  { storageDomainId, fileName, seen, alias, newId }: FoundDisk,
  {
    contents,
    store,
    signal,
  }: {
    readonly contents: Pick<DomainContents, 'fetchDisks'>
    readonly store: Pick<DiskStore, 'get'>
    readonly signal: AbortSignal
  },
): Promise<DiskDefinition> {
  const described = (await contents.fetchDisks(storageDomainId, signal)).find((disk) => disk.fileName === fileName)
  const { kind } = seen
  return {
    storageDomainId,
    fileName,
    ...seen,
    id: described === undefined || store.get(described.id) !== undefined ? newId : described.id,
    alias: alias ?? described?.alias ?? aliasOf(fileName),
    description: described?.description ?? '',
    shareable: described?.shareable ?? false,
    readOnly: described?.readOnly ?? kind === 'image',
    discard: described?.discard ?? kind === 'disk',
    revision: 1,
  }
}

/** What other features need to register disks. */
export interface DiskRegistrar {
  /** A file of a domain, once it was looked at; null: it is registered already. Errors: as `disk.adopt`. */
  look(
    storageDomainId: StorageDomainId,
    fileName: string,
    newId: DiskId,
    signal: AbortSignal,
  ): Promise<DiskDefinition | null>
  register(disk: DiskDefinition): Promise<void>
  forget(diskId: DiskId): Promise<void>
}
