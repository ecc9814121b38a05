import { DamagedHeader, type HeadBytes } from './head-bytes.ts'
import { createImageHeader, type HeadVerdict, type OutsideFile } from './image-header.ts'

const SECTOR_BYTES = 512
const DESCRIPTOR_LIMIT_BYTES = 64 * 1024
const NO_PARENT = 'ffffffff'
/** The kinds that are one file. */
const WHOLE_TYPES: ReadonlySet<string> = new Set(['monolithicsparse', 'streamoptimized'])

/** Whether a descriptor in text begins here: comments and empty lines, then its version. Pure. */
export function isVmdkDescriptor(head: HeadBytes): boolean {
  if (head.has(0, '# Disk DescriptorFile')) return true
  const lines = new TextDecoder('latin1').decode(head.slice(0, Math.min(head.length, 512))).split(/\r?\n/)
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'))
  return first !== undefined && /^version=[123]\s*$/.test(first)
}

/** A descriptor that is a file of its own: its parts lie elsewhere. Pure. */
export function readVmdkDescriptor(head: HeadBytes): HeadVerdict {
  const descriptor = parseDescriptor(head.slice(0, Math.min(head.length, DESCRIPTOR_LIMIT_BYTES)))
  const outsideFiles = [...descriptor.parents, ...descriptor.extents]
  if (outsideFiles.length === 0) throw new DamagedHeader('its descriptor names no extent')
  return createImageHeader('vmdk', { outsideFiles })
}

/** A sparse extent with its descriptor inside (VMware's Virtual Disk Format 5.0). Throws DamagedHeader. Pure. */
export function readVmdkHeader(head: HeadBytes): HeadVerdict {
  const virtualBytes = head.u64(12, 'little') * SECTOR_BYTES
  const at = head.u64(28, 'little') * SECTOR_BYTES
  const length = head.u64(36, 'little') * SECTOR_BYTES
  if (at === 0 || length === 0) throw new DamagedHeader('it has no descriptor: a part of a disk in several files')
  const descriptor = parseDescriptor(head.slice(at, Math.min(length, DESCRIPTOR_LIMIT_BYTES)))
  const isWhole = virtualBytes > 0 && descriptor.extents.length <= 1 && WHOLE_TYPES.has(descriptor.type)
  // QEMU follows the extents of a descriptor inside when the header says that the disk has no size.
  const outsideFiles = [...descriptor.parents, ...(isWhole ? [] : descriptor.extents)]
  if (!isWhole && outsideFiles.length === 0) throw new DamagedHeader(`its kind is "${descriptor.type}"`)
  return createImageHeader('vmdk', { virtualBytes, outsideFiles })
}

interface Descriptor {
  /** In lower case. */
  readonly type: string
  readonly parents: readonly OutsideFile[]
  readonly extents: readonly OutsideFile[]
}

function parseDescriptor(bytes: Uint8Array): Descriptor {
  const text = new TextDecoder().decode(bytes)
  const end = text.indexOf('\0')
  const fields = new Map<string, string>()
  const extents: OutsideFile[] = []
  for (const line of (end < 0 ? text : text.slice(0, end)).split(/\r?\n/)) {
    const extent = /^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+\w+(?:\s+"([^"]*)")?/i.exec(line)
    if (extent !== null) extents.push({ kind: 'extent', name: extent[1] ?? '' })
    const field = /^\s*([\w.]+)\s*=\s*"?([^"]*?)"?\s*$/.exec(line)
    if (field?.[1] !== undefined) fields.set(field[1].toLowerCase(), field[2] ?? '')
  }
  const parentId = fields.get('parentcid')?.toLowerCase() ?? NO_PARENT
  const parentName = fields.get('parentfilenamehint') ?? ''
  const hasParent = parentId !== NO_PARENT || parentName !== ''
  return {
    type: fields.get('createtype')?.toLowerCase() ?? '',
    parents: hasParent ? [{ kind: 'backing', name: parentName }] : [],
    extents,
  }
}
