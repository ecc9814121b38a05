import type { ParsedInput } from '../../../shared/contract/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseEditable,
  removeElement,
  setAttribute,
  type XmlPart,
} from '../../xml/index.ts'
import { findDrive, withMedium } from './drive.ts'

type BootDevice = NonNullable<ParsedInput<'vm.run-once'>['boot']>[number]

/** What one run has other than the definition says; what is left out stays as it is. */
export interface RunChange {
  /** Turns of booting; what is not named does not boot. */
  readonly boot?: readonly BootDevice[] | undefined
  readonly bootMenu?: boolean | undefined
  /** The medium's file; null: an empty drive. */
  readonly mediumPath?: string | null | undefined
  readonly kernel?: ParsedInput<'vm.run-once'>['kernel']
}

/** What a machine lacks for a run that is asked for. */
export interface RunObstacle {
  readonly lacks: BootDevice | 'drive'
}

const KERNEL_ELEMENTS = ['kernel', 'initrd', 'cmdline']

/**
 * A definition with the changes for one run; all else stays as it is, byte for byte. Where the machine has no such device, that.
 * Throws XmlError. Pure.
 */
export function changeRun(xml: string, change: RunChange): { readonly xml: string } | RunObstacle {
  let document = parseEditable(xml)
  if (change.mediumPath !== undefined) {
    const drive = findDrive(document)
    if (drive === null) return { lacks: 'drive' }
    document = withMedium(document, drive, change.mediumPath)
  }
  if (change.boot !== undefined) {
    const ordered = withBootOrder(document, change.boot)
    if (typeof ordered === 'string') return { lacks: ordered }
    document = ordered
  }
  if (change.kernel !== undefined) document = withKernel(document, change.kernel)
  else if (change.boot !== undefined) document = withoutChildren(document, KERNEL_ELEMENTS)
  if (change.bootMenu !== undefined) document = withBootMenu(document, change.bootMenu)
  return { xml: document.text }
}

/** https://libvirt.org/formatdomain.html#bios-bootloader: turns of devices exclude those of kinds in `<os>`. */
function withBootOrder(document: EditableXml, boot: readonly BootDevice[]): EditableXml | BootDevice {
  const first = bootedDisk(document)
  let changed = withoutChildren(document, ['boot'])
  for (;;) {
    const turn = bootable(changed)
      .map((device) => childIn(device, 'boot'))
      .find((each) => each !== null)
    if (turn === undefined || turn === null) break
    changed = removeElement(changed, turn)
  }
  for (const [index, kind] of boot.entries()) {
    const device = deviceOf(changed, kind, first)
    if (device === null) return kind
    changed = insertElement(changed, device, { name: 'boot', attributes: { order: index + 1 } })
  }
  return changed
}

function bootable(document: EditableXml): readonly EditableElement[] {
  return childIn(document.root, 'devices')?.children ?? []
}

/** The target of the disk that is booted from now: the one with the first turn, else the first. */
function bootedDisk(document: EditableXml): string | null {
  const turns = disksOf(document).map((disk) => ({
    target: targetOf(disk),
    turn: Number(childIn(disk, 'boot')?.attributes.order ?? Number.MAX_SAFE_INTEGER),
  }))
  return turns.sort((one, other) => one.turn - other.turn)[0]?.target ?? null
}

function disksOf(document: EditableXml): readonly EditableElement[] {
  const disks = childrenIn(childIn(document.root, 'devices'), 'disk')
  return disks.filter(({ attributes }) => ['disk', 'lun', undefined].includes(attributes.device))
}

function targetOf(disk: EditableElement): string | null {
  return childIn(disk, 'target')?.attributes.dev ?? null
}

function deviceOf(document: EditableXml, kind: BootDevice, disk: string | null): EditableElement | null {
  if (kind === 'cdrom') return findDrive(document)
  if (kind === 'network') return childIn(childIn(document.root, 'devices'), 'interface')
  return disksOf(document).find((each) => targetOf(each) === disk) ?? null
}

function withKernel(document: EditableXml, kernel: NonNullable<RunChange['kernel']>): EditableXml {
  const { kernelPath, initrdPath, commandLine } = kernel
  const parts: XmlPart[] = [
    { name: 'kernel', content: kernelPath },
    ...(initrdPath === undefined ? [] : [{ name: 'initrd', content: initrdPath }]),
    ...(commandLine === undefined ? [] : [{ name: 'cmdline', content: commandLine }]),
  ]
  let changed = withoutChildren(document, KERNEL_ELEMENTS)
  for (const part of parts) changed = insertElement(changed, osOf(changed), part)
  return changed
}

function withBootMenu(document: EditableXml, isOn: boolean): EditableXml {
  const enable = isOn ? 'yes' : 'no'
  const menu = childIn(osOf(document), 'bootmenu')
  if (menu !== null) return setAttribute(document, menu, 'enable', enable)
  return insertElement(document, osOf(document), { name: 'bootmenu', attributes: { enable } })
}

/** `<os>` without its children of these names. */
function withoutChildren(document: EditableXml, names: readonly string[]): EditableXml {
  const child = osOf(document).children.find(({ name }) => names.includes(name))
  return child === undefined ? document : withoutChildren(removeElement(document, child), names)
}

/** Every domain has one: libvirt writes no definition without. */
function osOf(document: EditableXml): EditableElement {
  return childIn(document.root, 'os') ?? document.root
}
