import { type HostPoolSource, holdsFiles, targetPathOf } from '../../shared/domain/index.ts'
import { element, serializeXml } from '../xml/index.ts'

/** The definition of a pool. Format: https://libvirt.org/formatstorage.html. Pure. */
export function buildPoolXml(name: string, id: string, source: HostPoolSource): string {
  return serializeXml(
    element(
      'pool',
      { type: source.type },
      element('name', {}, name),
      element('uuid', {}, id),
      sourceOf(source),
      element('target', {}, element('path', {}, targetPathOf(source))),
    ),
  )
}

function sourceOf(source: HostPoolSource) {
  switch (source.type) {
    case 'dir':
      return null
    case 'fs':
      return element(
        'source',
        {},
        element('device', { path: source.device }),
        element('format', { type: source.fileSystem }),
      )
    case 'netfs':
      return element(
        'source',
        {},
        element('host', { name: source.server }),
        element('dir', { path: source.export }),
        element('format', { type: source.fileSystem }),
      )
    case 'logical':
      return element('source', {}, element('name', {}, source.volumeGroup), element('format', { type: 'lvm2' }))
    case 'zfs':
      return element('source', {}, element('name', {}, source.dataset))
  }
}

export interface WantedVolume {
  readonly name: string
  readonly sizeBytes: number
  readonly format: 'qcow2' | 'raw'
  readonly allocation: 'thin' | 'preallocated'
}

/** The description of a volume to be made in a pool of that type. Format: https://libvirt.org/formatstorage.html#storage-volume-xml. Pure. */
export function buildVolumeXml(poolType: string, { name, sizeBytes, format, allocation }: WantedVolume): string {
  const isFile = holdsFiles(poolType)
  const isWhole = allocation === 'preallocated' || poolType === 'logical'
  return serializeXml(
    element(
      'volume',
      {},
      element('name', {}, name),
      element('capacity', { unit: 'bytes' }, sizeBytes),
      element('allocation', { unit: 'bytes' }, isWhole ? sizeBytes : 0),
      isFile && element('target', {}, element('format', { type: format })),
    ),
  )
}
