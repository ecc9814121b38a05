import { DamagedHeader, HeadBytes } from './head-bytes.ts'
import { createImageHeader, type HeadVerdict, type ImageFormat } from './image-header.ts'
import { readIsoHeader } from './iso-header.ts'
import { readQcow2Header } from './qcow2-header.ts'
import { readVhdHeader, VHD_SIGNATURE } from './vhd-header.ts'
import { readVhdxHeader } from './vhdx-header.ts'
import { isVmdkDescriptor, readVmdkDescriptor, readVmdkHeader } from './vmdk-header.ts'

/** So much of a file tells all that is asked of it: the metadata of a VHDX ends within it. */
export const HEAD_BYTES = 4 * 1024 * 1024

/** Signatures of what is known and not taken: QEMU would read the first three, nobody here asks it to. */
const UNSUPPORTED: readonly (readonly [at: number, signature: string, name: string])[] = [
  [64, '\x7f\x10\xda\xbe', 'vdi'],
  [0, 'QED\0', 'qed'],
  [0, 'WithoutFreeSpace', 'parallels'],
  [0, 'WithouFreSpacExt', 'parallels'],
  [0, 'COWD', 'vmdk (COWD)'],
  [0, 'LUKS\xba\xbe', 'luks'],
  [257, 'ustar', 'tar'],
  [0, 'PK\x03\x04', 'zip'],
  [0, '7z\xbc\xaf\x27\x1c', '7z'],
  [0, 'BZh', 'bzip2'],
]

/**
 * Tells by its first bytes what a file is, whatever its name; `head` has HEAD_BYTES, or the whole file where that is shorter. A fixed VHD
 * begins with the disk itself: see `isFixedVhd`. What no signature tells is raw. Never throws. Pure.
 */
export function readImageHeader(bytes: Uint8Array): HeadVerdict {
  const head = new HeadBytes(bytes)
  if (head.has(0, '\x1f\x8b\x08')) return { kind: 'compressed', compression: 'gzip' }
  if (head.has(0, '\xfd7zXZ\0')) return { kind: 'compressed', compression: 'xz' }
  if (head.has(0, '\x28\xb5\x2f\xfd')) return { kind: 'compressed', compression: 'zstd' }
  // Before all others: what QEMU could be made to open as one of these is never taken for something harmless.
  if (head.has(0, 'QFI\xfb')) return orDamaged('qcow2', () => readQcow2Header(head))
  if (head.has(0, 'KDMV')) return orDamaged('vmdk', () => readVmdkHeader(head))
  if (isVmdkDescriptor(head)) return orDamaged('vmdk', () => readVmdkDescriptor(head))
  if (head.has(0, 'vhdxfile')) return orDamaged('vhdx', () => readVhdxHeader(head))
  if (head.has(0, VHD_SIGNATURE)) return orDamaged('vpc', () => readVhdHeader(head))
  const iso = readIsoHeader(head)
  if (iso !== null) return iso
  const known = UNSUPPORTED.find(([at, signature]) => head.has(at, signature))
  return known === undefined ? createImageHeader('raw') : { kind: 'unsupported', name: known[2] }
}

function orDamaged(format: ImageFormat, read: () => HeadVerdict): HeadVerdict {
  try {
    return read()
  } catch (error) {
    if (error instanceof DamagedHeader) return { kind: 'damaged', format, detail: error.message }
    throw error
  }
}
