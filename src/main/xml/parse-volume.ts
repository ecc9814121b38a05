import {
  attributeOf,
  childOf,
  descend,
  parseWholeNumber,
  parseXml,
  textOf,
  type XmlElement,
  XmlError,
} from './xml-tree.ts'

/** A volume of a pool. Format: https://libvirt.org/formatstorage.html#storage-volume-xml */
export interface StorageVolumeDefinition {
  readonly name: string
  readonly path: string | null
  readonly format: string | null
  readonly capacityBytes: number | null
  readonly allocatedBytes: number | null
  readonly backingPath: string | null
}

/** Reads the description of a volume. Throws {@link XmlError}. */
export function parseVolume(xml: string): StorageVolumeDefinition {
  const root = parseXml(xml)
  if (root.name !== 'volume') throw new XmlError(`expected <volume>, got <${root.name.slice(0, 64)}>`)
  return {
    name: textOf(childOf(root, 'name')) ?? '',
    path: textOf(descend(root, 'target', 'path')),
    format: attributeOf(descend(root, 'target', 'format'), 'type'),
    capacityBytes: bytesOf(childOf(root, 'capacity')),
    allocatedBytes: bytesOf(childOf(root, 'allocation')),
    backingPath: textOf(descend(root, 'backingStore', 'path')),
  }
}

/** libvirt tells bytes, and says so. */
function bytesOf(element: XmlElement | null): number | null {
  const unit = attributeOf(element, 'unit') ?? 'bytes'
  return unit === 'bytes' || unit === 'B' ? parseWholeNumber(textOf(element)) : null
}
