import { DamagedHeader, HeadBytes } from './head-bytes.ts'
import { createImageHeader, type HeadVerdict } from './image-header.ts'

export const VHD_SIGNATURE = 'conectix'
/** A VHD ends with this; one that is not fixed begins with a copy of it. */
export const VHD_FOOTER_BYTES = 512
const FIXED = 2
const DYNAMIC = 3
const DIFFERENCING = 4
const PARENT_NAME_BYTES = 512

/** Reads a VHD from the copy of its footer (Microsoft's Virtual Hard Disk Image Format). Throws DamagedHeader. Pure. */
export function readVhdHeader(head: HeadBytes): HeadVerdict {
  const type = head.u32(60, 'big')
  const virtualBytes = head.u64(48, 'big')
  if (type === FIXED || type === DYNAMIC) return createImageHeader('vpc', { virtualBytes })
  if (type !== DIFFERENCING) throw new DamagedHeader(`its type is ${type}`)
  const dynamicAt = head.u64(16, 'big')
  const name = head.has(dynamicAt, 'cxsparse') ? head.text(dynamicAt + 64, PARENT_NAME_BYTES, 'utf-16be') : ''
  return createImageHeader('vpc', { virtualBytes, outsideFiles: [{ kind: 'backing', name }] })
}

/** Whether the last 512 bytes of a file make it a fixed VHD, which begins with the disk itself. Pure. */
export function isFixedVhd(tail: Uint8Array): boolean {
  if (tail.length < VHD_FOOTER_BYTES) return false
  const footer = new HeadBytes(tail.subarray(tail.length - VHD_FOOTER_BYTES))
  return footer.has(0, VHD_SIGNATURE) && footer.u32(60, 'big') === FIXED
}
