import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  removeElement,
  setAttribute,
} from '../../xml/index.ts'

/** The drive for cloud-init is nobody's to change the medium of. */
const SEED_PATH = /\/(\.seed-[0-9a-f-]{36}\.iso)$/

/** Whether that is the image for cloud-init that was made for a machine. Pure. */
export function isSeedPath(path: string): boolean {
  return seedNameOf(path) !== null
}

/** The file name of such an image; null: it is none. Pure. */
export function seedNameOf(path: string): string | null {
  return SEED_PATH.exec(path)?.[1] ?? null
}

/** The drive that a person changes the medium of: the first, but for that of cloud-init. Null: there is none. Pure. */
export function findDrive(document: EditableXml): EditableElement | null {
  const disks = childrenIn(childIn(document.root, 'devices'), 'disk')
  const drives = disks.filter(({ attributes }) => attributes.device === 'cdrom')
  return drives.find((drive) => !isSeedPath(mediumOf(drive) ?? '')) ?? null
}

/** The file in a drive; null: it is empty. Pure. */
export function mediumOf(drive: EditableElement): string | null {
  const source = childIn(drive, 'source')
  return source?.attributes.file ?? source?.attributes.dev ?? null
}

/** The document with another medium in a drive; null: none. Throws XmlError. Pure. */
export function withMedium(document: EditableXml, drive: EditableElement, path: string | null): EditableXml {
  const target = childIn(drive, 'target')?.attributes.dev
  let changed = document
  // What libvirt says of the medium that was in it goes with that one.
  for (const name of ['source', 'backingStore']) {
    const element = childIn(again(changed, target), name)
    if (element !== null) changed = removeElement(changed, element)
  }
  changed = setAttribute(changed, again(changed, target), 'type', 'file')
  if (path === null) return changed
  const at = childIn(again(changed, target), 'target')
  const part = { name: 'source', attributes: { file: path } }
  return insertElement(changed, again(changed, target), part, at === null ? undefined : { before: at })
}

function again(document: EditableXml, target: string | undefined): EditableElement {
  const disks = childrenIn(childIn(document.root, 'devices'), 'disk')
  const drive = disks.find((disk) => childIn(disk, 'target')?.attributes.dev === target)
  if (drive === undefined) throw new RangeError(`no drive ${target}`)
  return drive
}
