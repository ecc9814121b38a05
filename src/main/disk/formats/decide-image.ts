import { AppError } from '../../../shared/errors/index.ts'
import type { HeadVerdict, ImageHeader } from './image-header.ts'

/** Larger ones are a mistake or an attack: 64 TiB, as much as QEMU's hosts are sold with. */
const VIRTUAL_LIMIT_BYTES = 64 * 1024 ** 4

export interface ImageLimits {
  readonly fileName: string
  /** What a machine sees of a format that does not say so itself. */
  readonly fileBytes: number
  /** Largest size for a machine, bytes. */
  readonly virtualLimitBytes?: number
}

/**
 * Whether an image from outside may be kept, and opened by QEMU: null, or why not. One that names another file would have a host read that file, any of its
 * own; so it is refused, with what it names. Pure.
 */
export function decideImage(
  verdict: Exclude<HeadVerdict, { kind: 'compressed' }>,
  { fileName, fileBytes, virtualLimitBytes = VIRTUAL_LIMIT_BYTES }: ImageLimits,
): AppError | null {
  if (verdict.kind === 'unsupported') return new AppError('disk.image-unsupported', { fileName, format: verdict.name })
  if (verdict.kind === 'damaged') {
    return new AppError('disk.image-damaged', { fileName, format: verdict.format, detail: verdict.detail })
  }
  return decideHeader(verdict, { fileName, fileBytes, virtualLimitBytes })
}

function decideHeader(header: ImageHeader, limits: Required<ImageLimits>): AppError | null {
  const { format, outsideFiles, encrypted } = header
  const { fileName, virtualLimitBytes: limitBytes } = limits
  const virtualBytes = header.virtualBytes ?? limits.fileBytes
  if (outsideFiles.length > 0) {
    const names = outsideFiles.map(({ name }) => name || '?').join(', ')
    return new AppError('disk.image-refers-elsewhere', { fileName, format, names })
  }
  if (encrypted) return new AppError('disk.image-encrypted', { fileName, format })
  if (virtualBytes > limitBytes) {
    return new AppError('disk.image-too-large', { fileName, virtualBytes, limitBytes })
  }
  return null
}
