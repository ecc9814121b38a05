import type { VmSettings } from '../../../shared/domain/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  removeElement,
  setAttribute,
} from '../../xml/index.ts'
import { findDrive } from './drive.ts'

export type BootDevice = VmSettings['boot'][number]

/**
 * The document with other turns of booting; what is not named does not boot. Where the machine has no such device, that. Turns of
 * devices exclude those of kinds in `<os>`: https://libvirt.org/formatdomain.html#bios-bootloader. Pure.
 */
export function withBootOrder(document: EditableXml, boot: readonly BootDevice[]): EditableXml | BootDevice {
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

/** Whether the firmware asks what to boot. Pure. */
export function withBootMenu(document: EditableXml, isOn: boolean): EditableXml {
  const enable = isOn ? 'yes' : 'no'
  const menu = childIn(osOf(document), 'bootmenu')
  if (menu !== null) return setAttribute(document, menu, 'enable', enable)
  return insertElement(document, osOf(document), { name: 'bootmenu', attributes: { enable } })
}

/** `<os>` without its children of these names. Pure. */
export function withoutChildren(document: EditableXml, names: readonly string[]): EditableXml {
  const child = osOf(document).children.find(({ name }) => names.includes(name))
  return child === undefined ? document : withoutChildren(removeElement(document, child), names)
}

/** Every domain has one: libvirt writes no definition without. */
export function osOf(document: EditableXml): EditableElement {
  return childIn(document.root, 'os') ?? document.root
}
