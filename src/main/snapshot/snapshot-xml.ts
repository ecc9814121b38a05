import { dirname } from 'node:path/posix'
import type { Vm } from '../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  element,
  insertElement,
  parseEditable,
  removeElement,
  serializeXml,
  setAttribute,
  setText,
} from '../xml/index.ts'
import type { SnapshotMethod } from './decide-method.ts'

export interface NewSnapshot {
  readonly name: string
  readonly description: string
  readonly method: SnapshotMethod
  /** What tells its files from others. */
  readonly tag: string
}

/** What libvirt is told of a new snapshot (https://libvirt.org/formatsnapshot.html). Pure. */
export function buildSnapshotXml(vm: Pick<Vm, 'disks'>, { name, description, method, tag }: NewSnapshot): string {
  const kept = new Set(method.disks.map(({ target }) => target))
  const [first] = method.disks
  const memory =
    method.kind === 'external' && method.withMemory
      ? { snapshot: 'external', file: memoryPath(first?.source ?? '', tag) }
      : { snapshot: method.kind === 'internal' && method.withMemory ? 'internal' : 'no' }
  const disks = vm.disks.map(({ target, source }) => {
    if (!kept.has(target)) return element('disk', { name: target, snapshot: 'no' })
    if (method.kind === 'internal') return element('disk', { name: target, snapshot: 'internal' })
    return element(
      'disk',
      { name: target, snapshot: 'external', type: 'file' },
      element('driver', { type: 'qcow2' }),
      element('source', { file: layerPath(source ?? '', tag) }),
    )
  })
  return serializeXml(
    element(
      'domainsnapshot',
      {},
      element('name', {}, name),
      description === '' ? null : element('description', {}, description),
      element('memory', memory),
      element('disks', {}, ...disks),
    ),
  )
}

/** The file of a layer: beside the image, called after it. A layer's own tag is replaced, so names stay as long as they are. Pure. */
export function layerPath(imagePath: string, tag: string): string {
  return `${stemOf(imagePath)}.${tag}.qcow2`
}

function memoryPath(imagePath: string, tag: string): string {
  return `${stemOf(imagePath)}.${tag}.memory`
}

function stemOf(imagePath: string): string {
  const folder = dirname(imagePath)
  const name = imagePath.slice(folder.length + (folder === '/' ? 0 : 1))
  const stem = name.replace(/\.[0-9a-f]{8}\.qcow2$/, '').replace(/(.)\.(?:qcow2|raw|img)$/, '$1')
  return `${folder === '/' ? '' : folder}/${stem}`
}

/** A snapshot's own XML with another description. Throws XmlError. Pure. */
export function withDescription(xml: string, description: string): string {
  const document = parseEditable(xml)
  const present = childIn(document.root, 'description')
  if (present !== null)
    return description === '' ? removeElement(document, present).text : setText(document, present, description).text
  if (description === '') return xml
  const name = childIn(document.root, 'name')
  return insertElement(
    document,
    document.root,
    { name: 'description', content: description },
    name === null ? undefined : { after: name },
  ).text
}

/** A definition with its disks on other files, by their targets; what lay below them libvirt finds out itself. Throws XmlError. Pure. */
export function withDiskFiles(xml: string, files: ReadonlyMap<string, string>): string {
  let document = parseEditable(xml)
  for (const [target, file] of files) {
    const find = () => {
      const disks = childrenIn(childIn(document.root, 'devices'), 'disk')
      return disks.find((disk) => childIn(disk, 'target')?.attributes.dev === target) ?? null
    }
    const change = (name: string, then: (element: EditableElement) => void) => {
      const child = childIn(find(), name)
      if (child !== null) then(child)
    }
    change('backingStore', (child) => {
      document = removeElement(document, child)
    })
    change('driver', (child) => {
      document = setAttribute(document, child, 'type', 'qcow2')
    })
    change('source', (child) => {
      document = setAttribute(document, child, 'file', file)
    })
  }
  return document.text
}

/** A snapshot's own XML with other layers, by the disks' targets. Throws XmlError. Pure. */
export function withLayers(xml: string, files: ReadonlyMap<string, string>): string {
  let document = parseEditable(xml)
  for (const [target, file] of files) {
    const disks = childrenIn(childIn(document.root, 'disks'), 'disk')
    const source = childIn(disks.find(({ attributes }) => attributes.name === target) ?? null, 'source')
    if (source !== null) document = setAttribute(document, source, 'file', file)
  }
  return document.text
}
