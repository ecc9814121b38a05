import type { DiskDefinition } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { DiskPlace } from './disk-place.ts'
import { decideImage, readImageHeader } from './formats/index.ts'
import { fetchHead } from './on-host/list-files.ts'

export type SeenFile = Pick<DiskDefinition, 'format' | 'kind' | 'virtualBytes'>

/**
 * Looks by its first bytes at what a file in a domain is: it may come from anywhere. Errors: disk.image-…, also where it would have a host read files
 * outside of its domain, and those of the host.
 */
export async function lookAtFile(
  place: DiskPlace,
  fileName: string,
  model: ModelSnapshot,
  signal: AbortSignal,
): Promise<SeenFile> {
  const header = readImageHeader(await fetchHead(place, fileName, signal))
  const disk = model.disks.where('storageDomainId', place.domain.id).find((one) => one.fileName === fileName)
  if (header.kind === 'compressed')
    throw new AppError('disk.image-unsupported', { fileName, format: header.compression })
  const refusal = decideImage(header, { fileName, fileBytes: disk?.virtualBytes ?? 0 })
  // A layer on another file of its own domain is what snapshots leave.
  const isOwnLayer = disk?.backingPath?.startsWith(`${place.folder}/`) === true && !disk.backingPath.includes('/../')
  if (refusal !== null && !(refusal.code === 'disk.image-refers-elsewhere' && isOwnLayer)) throw refusal
  if (header.kind !== 'image') throw new Error('decideImage let pass what is no image')
  const { format, virtualBytes } = header
  const kind = format === 'iso' || place.domain.type === 'iso' ? 'image' : 'disk'
  return { format, kind, virtualBytes: virtualBytes ?? disk?.virtualBytes ?? null }
}
