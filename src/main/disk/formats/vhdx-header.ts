import { DamagedHeader, type HeadBytes } from './head-bytes.ts'
import { createImageHeader, type HeadVerdict } from './image-header.ts'

const KIB = 1024
const REGION_TABLES_AT = [192 * KIB, 256 * KIB]
const METADATA_REGION = '06a27c8b90479a4bb8fe575f050f886e'
const FILE_PARAMETERS = '3767a1ca36fa434db3b633f0aa44e76b'
const VIRTUAL_SIZE = '2442a52f1bcd7648b2115dbed83bf4b8'
const PARENT_LOCATOR = '2d5fd3a80bb34d45abf7d3d84834ab0c'
const HAS_PARENT = 0b10
const REGIONS_LIMIT = 64
const ITEMS_LIMIT = 64
const LOCATOR_ENTRIES_LIMIT = 16

/** Reads a VHDX (Microsoft's MS-VHDX). Throws DamagedHeader. Pure. */
export function readVhdxHeader(head: HeadBytes): HeadVerdict {
  const items = readItems(head, findMetadata(head))
  const parameters = items.get(FILE_PARAMETERS)
  const size = items.get(VIRTUAL_SIZE)
  if (parameters === undefined || size === undefined) throw new DamagedHeader('its metadata has no size')
  const hasParent = (head.u32(parameters + 4, 'little') & HAS_PARENT) !== 0
  return createImageHeader('vhdx', {
    virtualBytes: head.u64(size, 'little'),
    outsideFiles: hasParent ? [{ kind: 'backing', name: readParentName(head, items.get(PARENT_LOCATOR)) }] : [],
  })
}

function findMetadata(head: HeadBytes): number {
  for (const table of REGION_TABLES_AT) {
    if (!head.has(table, 'regi')) continue
    const count = Math.min(head.u32(table + 8, 'little'), REGIONS_LIMIT)
    for (let index = 0; index < count; index++) {
      const entry = table + 16 + 32 * index
      if (idAt(head, entry) === METADATA_REGION) return head.u64(entry + 16, 'little')
    }
  }
  throw new DamagedHeader('it has no metadata')
}

/** Where each item of the metadata lies, by its id. */
function readItems(head: HeadBytes, metadata: number): ReadonlyMap<string, number> {
  if (!head.has(metadata, 'metadata')) throw new DamagedHeader('its metadata is not where it says')
  const count = Math.min(head.u16(metadata + 10, 'little'), ITEMS_LIMIT)
  const items = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const entry = metadata + 32 + 32 * index
    items.set(idAt(head, entry), metadata + head.u32(entry + 16, 'little'))
  }
  return items
}

/** The path of the parent as its locator has it: pairs of keys and values in UTF-16. */
function readParentName(head: HeadBytes, locator: number | undefined): string {
  if (locator === undefined) return ''
  const count = Math.min(head.u16(locator + 18, 'little'), LOCATOR_ENTRIES_LIMIT)
  for (let index = 0; index < count; index++) {
    const entry = locator + 20 + 12 * index
    const textAt = (at: number, length: number) =>
      head.text(locator + head.u32(at, 'little'), head.u16(length, 'little'), 'utf-16le')
    if (textAt(entry, entry + 8).endsWith('path')) return textAt(entry + 4, entry + 10)
  }
  return ''
}

function idAt(head: HeadBytes, at: number): string {
  return Buffer.from(head.slice(at, 16)).toString('hex')
}
