import type { StorageDomain } from '../../../shared/domain/index.ts'
import { volumeGroupOf } from '../../storage/index.ts'
import type { FileScripts } from './disk-scripts.ts'
import {
  createDiskScript,
  existsScript,
  hashExtentsScript,
  listFilesScript,
  makeFileScript,
  publishScript,
  readTailScript,
  removeFileScript,
  resizeScript,
  truncateScript,
  writeExtentsScript,
} from './scripts.ts'
import { createVolumeScripts } from './volume-scripts.ts'

/** For files of folders. */
export const folderScripts: FileScripts = {
  make: (name) => makeFileScript(name, 0),
  remove: (...names) => names.map(removeFileScript).join('; '),
  exists: existsScript,
  publish: (part, name) => publishScript(part, name),
  writeExtents: writeExtentsScript,
  hashExtents: hashExtentsScript,
  truncate: truncateScript,
  readTail: (name, bytes) => readTailScript(name, bytes),
  create: createDiskScript,
  grow: () => ':',
  resize: (name, { format, virtualBytes }) => resizeScript(name, format, virtualBytes),
  label: () => ':',
  list: listFilesScript,
}

/** How the disks of a domain are worked on. Pure. */
export function fileScriptsOf(domain: Pick<StorageDomain, 'id' | 'storage'>): FileScripts {
  const group = volumeGroupOf(domain)
  return group === null ? folderScripts : createVolumeScripts(group)
}
