import type { HeadBytes } from './head-bytes.ts'
import { createImageHeader, type ImageHeader } from './image-header.ts'

const SECTOR_BYTES = 2_048
/** Where volume descriptors begin. */
const FIRST_SECTOR = 16
const DESCRIPTORS_LIMIT = 64
const PRIMARY = 1
const TERMINATOR = 255
const UDF_ANCHOR_SECTOR = 256
const UDF_ANCHOR = 2
const UDF_PRIMARY = 1
const UDF_DESCRIPTORS_LIMIT = 32

/** Reads a medium with an ISO 9660 (ECMA-119) or a UDF (ECMA-167) file system, or both; null: it has neither. Pure. */
export function readIsoHeader(head: HeadBytes): ImageHeader | null {
  let hasIso = false
  let hasUdf = false
  let volumeId: string | null = null
  for (let index = 0; index < DESCRIPTORS_LIMIT; index++) {
    const at = (FIRST_SECTOR + index) * SECTOR_BYTES
    if (at + SECTOR_BYTES > head.length) break
    if (head.has(at + 1, 'CD001')) {
      hasIso = true
      const type = head.slice(at, 1)[0]
      if (type === PRIMARY && volumeId === null) volumeId = head.text(at + 40, 32, 'latin1').trim()
      // UDF's descriptors follow those of ISO 9660.
      if (type === TERMINATOR) continue
    } else if (head.has(at + 1, 'NSR02') || head.has(at + 1, 'NSR03')) {
      hasUdf = true
    } else if (!head.has(at + 1, 'BEA01') && !head.has(at + 1, 'BOOT2')) break
  }
  if (!hasIso && !hasUdf) return null
  return createImageHeader('iso', { volumeId: volumeId || (hasUdf ? readUdfVolumeId(head) : null) })
}

function readUdfVolumeId(head: HeadBytes): string | null {
  const anchor = UDF_ANCHOR_SECTOR * SECTOR_BYTES
  if (anchor + SECTOR_BYTES > head.length || head.u16(anchor, 'little') !== UDF_ANCHOR) return null
  const first = head.u32(anchor + 20, 'little')
  for (let index = 0; index < UDF_DESCRIPTORS_LIMIT; index++) {
    const at = (first + index) * SECTOR_BYTES
    if (at + SECTOR_BYTES > head.length) return null
    if (head.u16(at, 'little') === UDF_PRIMARY) return readDstring(head, at + 24, 32)
  }
  return null
}

/** A string of OSTA's compressed Unicode: its width in the first byte, its length in the last. */
function readDstring(head: HeadBytes, at: number, fieldBytes: number): string | null {
  const field = head.slice(at, fieldBytes)
  const length = Math.min(field[fieldBytes - 1] ?? 0, fieldBytes - 1)
  if (length < 2) return null
  return head.text(at + 1, length - 1, field[0] === 16 ? 'utf-16be' : 'latin1').trim() || null
}
