import { type DomainStorage, type FileStorage, isBlockStorage } from '../../../shared/domain/index.ts'

/** The storage of a domain in a folder; a domain on LUNs never comes here. Pure. */
export function fileStorageOf(storage: DomainStorage): FileStorage {
  if (isBlockStorage(storage)) throw new Error('a domain on LUNs has no folder')
  return storage
}
