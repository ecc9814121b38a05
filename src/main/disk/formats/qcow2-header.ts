import { DamagedHeader, type HeadBytes } from './head-bytes.ts'
import { createImageHeader, type HeadVerdict, type OutsideFile } from './image-header.ts'

const CORRUPT = 1n << 1n
const EXTERNAL_DATA = 1n << 2n
/** Dirty, corrupt, external data, compression type, extended L2 entries. */
const KNOWN_FEATURES = 0b1_1111n
const EXTENSION_END = 0
const EXTENSION_DATA_FILE = 0x44_41_54_41
const V2_HEADER_BYTES = 72
const NAME_LIMIT_BYTES = 1_023

/** Reads a qcow2 (QEMU's docs/interop/qcow2). Throws DamagedHeader. Pure. */
export function readQcow2Header(head: HeadBytes): HeadVerdict {
  const version = head.u32(4, 'big')
  if (version === 1) return { kind: 'unsupported', name: 'qcow' }
  if (version !== 2 && version !== 3) return { kind: 'unsupported', name: `qcow2 version ${version}` }
  const clusterBits = head.u32(20, 'big')
  if (clusterBits < 9 || clusterBits > 21) throw new DamagedHeader(`clusters of 2^${clusterBits} bytes`)
  const features = version === 3 ? head.bits(V2_HEADER_BYTES, 'big') : 0n
  const unknown = features & ~KNOWN_FEATURES
  if (unknown !== 0n) return { kind: 'unsupported', name: `qcow2 with features 0x${unknown.toString(16)}` }
  if ((features & CORRUPT) !== 0n) throw new DamagedHeader('it is marked as corrupt')
  const headerBytes = version === 3 ? head.u32(100, 'big') : V2_HEADER_BYTES
  const outsideFiles: OutsideFile[] = []
  if (head.bits(8, 'big') !== 0n) outsideFiles.push({ kind: 'backing', name: readBackingName(head) })
  const dataFile = readDataFileName(head, headerBytes, 2 ** clusterBits)
  if ((features & EXTERNAL_DATA) !== 0n || dataFile !== null) outsideFiles.push({ kind: 'data', name: dataFile ?? '' })
  return createImageHeader('qcow2', {
    virtualBytes: head.u64(24, 'big'),
    outsideFiles,
    encrypted: head.u32(32, 'big') !== 0,
  })
}

function readBackingName(head: HeadBytes): string {
  const length = head.u32(16, 'big')
  if (length > NAME_LIMIT_BYTES) throw new DamagedHeader(`the name of its backing file has ${length} bytes`)
  return head.text(head.u64(8, 'big'), length)
}

/** Of the header extension; null when there is none. */
function readDataFileName(head: HeadBytes, headerBytes: number, clusterBytes: number): string | null {
  let at = headerBytes
  while (at + 8 <= Math.min(clusterBytes, head.length)) {
    const type = head.u32(at, 'big')
    const length = head.u32(at + 4, 'big')
    if (type === EXTENSION_END) return null
    if (type === EXTENSION_DATA_FILE) return head.text(at + 8, Math.min(length, NAME_LIMIT_BYTES))
    at += 8 + Math.ceil(length / 8) * 8
  }
  return null
}
