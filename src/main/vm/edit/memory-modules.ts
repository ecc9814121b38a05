import type { ParsedInput } from '../../../shared/contract/index.ts'
import { MEMORY_BLOCK_MIB, type Vm, type VmDeviceSpec } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  element,
  insertElement,
  parseEditable,
  parseMemoryKiB,
  setAttribute,
  setText,
  type XmlPart,
} from '../../xml/index.ts'
import { isRunning } from '../rules.ts'
import { withDevice } from './change-devices.ts'
import { plugDeviceText, readPlugDevices, withAlias, withoutPlugDevice } from './plug-devices.ts'

type MemorySpec = Extract<VmDeviceSpec, { readonly memory: unknown }>['memory']

/** Slots of a machine that had none: QEMU takes up to 256. */
const SLOTS = 16
/** The steps in which a guest is given virtio-mem, KiB: what a large page has. */
const BLOCK_KIB = 2_048
const KIB_PER_MIB = 1_024

/** A module of memory, in the first NUMA cell. https://libvirt.org/formatdomain.html#memory-devices. Pure. */
export function memoryPart({ sizeMiB, model, requestedMiB = sizeMiB }: MemorySpec): XmlPart {
  const kib = (name: string, mib: number) => element(name, { unit: 'KiB' }, mib * KIB_PER_MIB)
  return element(
    'memory',
    { model },
    element(
      'target',
      {},
      kib('size', sizeMiB),
      element('node', {}, 0),
      model === 'virtio-mem' && element('block', { unit: 'KiB' }, BLOCK_KIB),
      model === 'virtio-mem' && kib('requested', requestedMiB),
    ),
  )
}

/**
 * How much memory is plugged into a running machine that is given more than it can have by its balloon, MiB. Null: its definition has no
 * slot or no room for that, something waits already, or a guest could not take a piece of that size: then its memory is another one at its
 * next start. Throws XmlError. Pure.
 */
export function decideMemoryPlug(
  xml: string,
  vm: Pick<Vm, 'status' | 'maxMemoryKiB'>,
  { memoryMiB, maxMemoryMiB, applyNow }: Pick<ParsedInput<'vm.edit'>, 'memoryMiB' | 'maxMemoryMiB' | 'applyNow'>,
): number | null {
  if (memoryMiB === undefined || maxMemoryMiB !== undefined || !applyNow || !isRunning(vm)) return null
  const document = parseEditable(xml)
  const { root } = document
  const moreMiB = memoryMiB - Math.ceil(vm.maxMemoryKiB / KIB_PER_MIB)
  const most = childIn(root, 'maxMemory')
  const slots = Number(most?.attributes.slots ?? 0)
  const hasRoom =
    totalKiB(document) === vm.maxMemoryKiB &&
    (parseMemoryKiB(most) ?? 0) >= memoryMiB * KIB_PER_MIB &&
    childrenIn(childIn(root, 'devices'), 'memory').length < slots &&
    cellsOf(root).length > 0
  return hasRoom && moreMiB > 0 && moreMiB % MEMORY_BLOCK_MIB === 0 ? moreMiB : null
}

/**
 * A definition with one more module of memory. What QEMU needs for that and the definition has not is added: a maximum, a slot, and a
 * NUMA cell that has what there was. Throws XmlError. Pure.
 */
export function withMemoryModule(xml: string, spec: MemorySpec, alias: string): string {
  let document = parseEditable(xml)
  const total = totalKiB(document)
  const size = spec.sizeMiB * KIB_PER_MIB
  const modules = childrenIn(childIn(document.root, 'devices'), 'memory').length
  if (cellsOf(document.root).length === 0) document = withCell(document, total)
  document = withMaximum(document, total + size, modules + 1)
  document = withTotal(document, size)
  return withDevice(document.text, withAlias(memoryPart(spec), alias))
}

/** A definition without a module of memory, and with that much less. One that is not there is no error. Throws XmlError. Pure. */
export function withoutMemoryModule(xml: string, id: string): string {
  const module = readPlugDevices(xml).find((device) => device.id === id)
  if (module === undefined) return xml
  const without = withoutPlugDevice(xml, id)
  return withTotal(parseEditable(without), -(module.sizeMiB ?? 0) * KIB_PER_MIB).text
}

/** The same with another amount asked for of a virtio-mem. Takes a definition. Throws XmlError. Pure. */
export function withRequested(xml: string, id: string, requestedMiB: number): string {
  const before = plugDeviceText(xml, id)
  return before === null ? xml : xml.replace(before, () => requestedIn(before, requestedMiB))
}

/** A virtio-mem by itself, with another amount asked for. Throws XmlError. Pure. */
export function requestedIn(device: string, requestedMiB: number): string {
  const document = parseEditable(device)
  const requested = childIn(childIn(document.root, 'target'), 'requested')
  if (requested === null || parseMemoryKiB(requested) === requestedMiB * KIB_PER_MIB) return device
  const inKiB = setAttribute(document, requested, 'unit', 'KiB')
  const again = childIn(childIn(inKiB.root, 'target'), 'requested')
  return again === null ? inKiB.text : setText(inKiB, again, requestedMiB * KIB_PER_MIB).text
}

function cellsOf(root: EditableElement): readonly EditableElement[] {
  return childrenIn(childIn(childIn(root, 'cpu'), 'numa'), 'cell')
}

function totalKiB({ root }: EditableXml): number {
  return parseMemoryKiB(childIn(root, 'memory')) ?? 0
}

function withCell(document: EditableXml, memoryKiB: number): EditableXml {
  const vcpus = Number(childIn(document.root, 'vcpu')?.text.trim() ?? 1) || 1
  const cpus = vcpus === 1 ? '0' : `0-${vcpus - 1}`
  const cell = element('cell', { id: 0, cpus, memory: memoryKiB, unit: 'KiB' })
  const cpu = childIn(document.root, 'cpu')
  if (cpu === null) return insertElement(document, document.root, element('cpu', {}, element('numa', {}, cell)))
  const numa = childIn(cpu, 'numa')
  if (numa !== null) return insertElement(document, numa, cell)
  return insertElement(document, cpu, element('numa', {}, cell))
}

function withMaximum(document: EditableXml, neededKiB: number, neededSlots: number): EditableXml {
  const there = childIn(document.root, 'maxMemory')
  if (there === null) {
    // Room for as much again, so that the next one can be plugged while it runs.
    const part = element('maxMemory', { slots: SLOTS, unit: 'KiB' }, neededKiB * 2)
    const memory = childIn(document.root, 'memory')
    return insertElement(document, document.root, part, memory === null ? undefined : { before: memory })
  }
  let changed = document
  if (Number(there.attributes.slots ?? 0) < neededSlots) changed = setAttribute(changed, there, 'slots', SLOTS)
  return (parseMemoryKiB(there) ?? 0) < neededKiB ? withSize(changed, 'maxMemory', neededKiB) : changed
}

function withTotal(document: EditableXml, moreKiB: number): EditableXml {
  let changed = document
  for (const name of ['memory', 'currentMemory']) {
    const there = childIn(changed.root, name)
    if (there !== null) changed = withSize(changed, name, (parseMemoryKiB(there) ?? 0) + moreKiB)
  }
  return changed
}

function withSize(document: EditableXml, name: string, kib: number): EditableXml {
  const there = childIn(document.root, name)
  if (there === null) return document
  const { unit } = there.attributes
  const inKiB = unit === undefined || unit === 'KiB' ? document : setAttribute(document, there, 'unit', 'KiB')
  const again = childIn(inKiB.root, name)
  return again === null ? inKiB : setText(inKiB, again, kib)
}
