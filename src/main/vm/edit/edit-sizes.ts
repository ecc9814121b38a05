import type { VmDefinitionEdit } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  removeElement,
  setAttribute,
  setText,
} from '../../xml/index.ts'
import type { EditRefusal } from './edit-refusal.ts'
import type { DefinitionSettings } from './read-settings.ts'

/** How much of something there is, and how much there may be while it runs. */
export interface Amount {
  readonly now: number
  readonly most: number
}

/**
 * What becomes of an amount. One whose most is what it has keeps it so; any other most is only raised where it must be. Null: the most
 * that is asked for is less than what it has. Pure.
 */
export function decideAmount(
  before: Amount,
  wanted: { readonly [Key in keyof Amount]: number | undefined },
): Amount | null {
  const now = wanted.now ?? before.now
  const isFull = before.now === before.most
  const most = wanted.most ?? (isFull && wanted.now !== undefined ? now : Math.max(before.most, now))
  return most < now ? null : { now, most }
}

/** Memory: https://libvirt.org/formatdomain.html#memory-allocation. Pure. */
export function editMemory(
  document: EditableXml,
  before: DefinitionSettings,
  { memoryMiB, maxMemoryMiB }: VmDefinitionEdit,
): EditableXml | EditRefusal {
  const was = { now: before.memoryKiB, most: before.maxMemoryKiB }
  const kib = (mib: number | undefined) => (mib === undefined ? undefined : mib * 1024)
  const wanted = decideAmount(was, { now: kib(memoryMiB), most: kib(maxMemoryMiB) })
  if (wanted === null) return { refused: 'maximum', field: 'maxMemoryMiB' }
  if (wanted.most !== was.most && hasNumaCells(document)) return { refused: 'numa', field: 'memoryMiB' }
  let changed = document
  if (wanted.most !== was.most) {
    const memory = childIn(changed.root, 'memory')
    changed =
      memory === null
        ? insertElement(changed, changed.root, sizePart('memory', wanted.most))
        : withSize(changed, 'memory', wanted.most)
  }
  if (childIn(changed.root, 'currentMemory') !== null) return withSize(changed, 'currentMemory', wanted.now)
  if (wanted.now === wanted.most) return changed
  const after = childIn(changed.root, 'memory')
  const place = after === null ? undefined : { after }
  return insertElement(changed, changed.root, sizePart('currentMemory', wanted.now), place)
}

/** vCPUs and what they look like: https://libvirt.org/formatdomain.html#cpu-allocation. Pure. */
export function editProcessors(
  document: EditableXml,
  before: DefinitionSettings,
  edit: VmDefinitionEdit,
): EditableXml | EditRefusal {
  const was = { now: before.vcpus, most: before.maxVcpus }
  const wanted = decideAmount(was, { now: edit.vcpus, most: edit.maxVcpus })
  if (wanted === null) return { refused: 'maximum', field: 'maxVcpus' }
  let changed = document
  if (wanted.now !== was.now || wanted.most !== was.most) {
    if (wanted.most !== was.most && hasNumaCells(document)) return { refused: 'numa', field: 'vcpus' }
    changed = withProcessorCount(changed, wanted)
  }
  if (edit.topology === null) return withoutTopology(changed)
  if (edit.topology !== undefined) return withTopology(changed, edit.topology, wanted.most)
  const topology = childIn(childIn(changed.root, 'cpu'), 'topology')
  if (topology === null || wanted.most === was.most) return changed
  const sockets = wanted.most / (productOf(topology) / numberOf(topology, 'sockets'))
  if (!Number.isInteger(sockets)) return { refused: 'topology', vcpus: wanted.most }
  return setAttribute(changed, topology, 'sockets', sockets)
}

function hasNumaCells({ root }: EditableXml): boolean {
  return childrenIn(childIn(childIn(root, 'cpu'), 'numa'), 'cell').length > 0
}

function sizePart(name: string, kib: number) {
  return { name, attributes: { unit: 'KiB' }, content: kib }
}

function withSize(document: EditableXml, name: string, kib: number): EditableXml {
  const element = childIn(document.root, name)
  if (element === null) return document
  const { unit } = element.attributes
  const inKib = unit === undefined || unit === 'KiB' ? document : setAttribute(document, element, 'unit', 'KiB')
  const again = childIn(inKib.root, name)
  return again === null ? inKib : setText(inKib, again, kib)
}

function withProcessorCount(document: EditableXml, { now, most }: Amount): EditableXml {
  // Which ones are plugged in is another count: libvirt chooses again.
  const single = childIn(document.root, 'vcpus')
  let changed = single === null ? document : removeElement(document, single)
  if (childIn(changed.root, 'vcpu') === null) {
    changed = insertElement(changed, changed.root, { name: 'vcpu', content: most })
  }
  changed = setOn(
    changed,
    (root) => childIn(root, 'vcpu'),
    (at, vcpu) => setText(at, vcpu, most),
  )
  return setOn(
    changed,
    (root) => childIn(root, 'vcpu'),
    (at, vcpu) => setAttribute(at, vcpu, 'current', now === most ? null : now),
  )
}

function withTopology(
  document: EditableXml,
  wanted: NonNullable<VmDefinitionEdit['topology']>,
  most: number,
): EditableXml | EditRefusal {
  const find = (root: EditableElement) => childIn(childIn(root, 'cpu'), 'topology')
  const there = find(document.root)
  const others = there === null ? 1 : numberOf(there, 'dies') * numberOf(there, 'clusters')
  const { sockets, cores, threads } = wanted
  if (sockets * cores * threads * others !== most) return { refused: 'topology', vcpus: most }
  if (there !== null) {
    return Object.entries(wanted).reduce(
      (changed, [name, value]) => setOn(changed, find, (at, topology) => setAttribute(at, topology, name, value)),
      document,
    )
  }
  const part = { name: 'topology', attributes: { sockets, cores, threads } }
  const cpu = childIn(document.root, 'cpu')
  if (cpu !== null) return insertElement(document, cpu, part)
  return insertElement(document, document.root, { name: 'cpu', content: [part] })
}

function withoutTopology(document: EditableXml): EditableXml {
  const topology = childIn(childIn(document.root, 'cpu'), 'topology')
  if (topology === null) return document
  const changed = removeElement(document, topology)
  const cpu = childIn(changed.root, 'cpu')
  const isEmpty = cpu !== null && cpu.children.length === 0 && Object.keys(cpu.attributes).length === 0
  return isEmpty ? removeElement(changed, cpu) : changed
}

function setOn(
  document: EditableXml,
  find: (root: EditableElement) => EditableElement | null,
  set: (at: EditableXml, element: EditableElement) => EditableXml,
): EditableXml {
  const element = find(document.root)
  return element === null ? document : set(document, element)
}

function productOf(topology: EditableElement): number {
  return ['sockets', 'dies', 'clusters', 'cores', 'threads'].reduce((all, name) => all * numberOf(topology, name), 1)
}

/** What is not said is one. */
function numberOf(topology: EditableElement, name: string): number {
  const value = Number(topology.attributes[name] ?? 1)
  return Number.isInteger(value) && value > 0 ? value : 1
}
