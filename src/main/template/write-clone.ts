import type { VmId } from '../../shared/domain/index.ts'
import { isSeedPath, writeIdentity } from '../vm/index.ts'
import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  insertElement,
  parseEditable,
  removeElement,
  setAttribute,
  setText,
  XmlError,
} from '../xml/index.ts'

export interface CloneIdentity {
  readonly vmId: VmId
  readonly name: string
  /** Of its cards, in their order. */
  readonly macAddresses: readonly string[]
  /** What tells a Windows guest that it is another one; used where the original has one. */
  readonly generationId: string
  /** What its disks are made of, by their targets; the others stay the same. */
  readonly disks: ReadonlyMap<string, { readonly path: string; readonly format: string }>
}

/** Entries of the firmware's tables by which software knows a machine. */
const OWN_ENTRIES: ReadonlySet<string> = new Set(['serial', 'uuid'])

/**
 * The definition of a clone: name, UUID, addresses, disks and what else says who a machine is are its own; libvirt makes the rest of it
 * anew. The drive for cloud-init is the original's and left out. All else stays byte for byte. Throws XmlError. Pure.
 */
export function writeClone(xml: string, clone: CloneIdentity): string {
  let document = parseEditable(writeIdentity(xml, clone))
  for (const [target, disk] of clone.disks) document = writeDisk(document, target, disk)
  const seed = disksOf(document).find((disk) => isSeedPath(childIn(disk, 'source')?.attributes.file ?? ''))
  if (seed !== undefined) document = removeElement(document, seed)
  const genid = childIn(document.root, 'genid')
  if (genid !== null) document = setText(document, genid, clone.generationId)
  for (let entry = ownEntry(document); entry !== undefined; entry = ownEntry(document)) {
    document = removeElement(document, entry)
  }
  return withOwnAddress(document).text
}

/** Whether a machine has the state of a TPM, which goes to no other. Throws XmlError. Pure. */
export function hasTpm(xml: string): boolean {
  return childIn(childIn(parseEditable(xml).root, 'devices'), 'tpm') !== null
}

function writeDisk(
  document: EditableXml,
  target: string,
  { path, format }: { readonly path: string; readonly format: string },
): EditableXml {
  const again = (changed: EditableXml) => requireDisk(changed, target)
  let changed = document
  // What libvirt says of the image that was there goes with that one.
  for (const name of ['source', 'backingStore', 'mirror']) {
    const element = childIn(again(changed), name)
    if (element !== null) changed = removeElement(changed, element)
  }
  changed = setAttribute(changed, again(changed), 'type', 'file')
  const place = childIn(again(changed), 'target')
  const part = { name: 'source', attributes: { file: path } }
  changed = insertElement(changed, again(changed), part, place === null ? undefined : { before: place })
  const driver = childIn(again(changed), 'driver')
  if (driver !== null) return setAttribute(changed, driver, 'type', format)
  return insertElement(changed, again(changed), { name: 'driver', attributes: { name: 'qemu', type: format } })
}

function disksOf({ root }: EditableXml): readonly EditableElement[] {
  return childrenIn(childIn(root, 'devices'), 'disk')
}

function requireDisk(document: EditableXml, target: string): EditableElement {
  const disk = disksOf(document).find((each) => childIn(each, 'target')?.attributes.dev === target)
  if (disk === undefined) throw new XmlError(`the disk ${target} is not in the definition`)
  return disk
}

/** One of the entries of the firmware's tables that are a machine's own. */
function ownEntry({ root }: EditableXml): EditableElement | undefined {
  return childrenIn(root, 'sysinfo')
    .flatMap(({ children }) => children)
    .flatMap((table) => childrenIn(table, 'entry'))
    .find(({ attributes }) => OWN_ENTRIES.has(attributes.name ?? ''))
}

/** The address of a machine on its host, given anew by libvirt at each start. Two guests of a host cannot have one. */
function withOwnAddress(document: EditableXml): EditableXml {
  const cidOf = ({ root }: EditableXml) => childIn(childIn(childIn(root, 'devices'), 'vsock'), 'cid')
  let changed = document
  for (const [name, value] of [
    ['address', null],
    ['auto', 'yes'],
  ] as const) {
    const cid = cidOf(changed)
    if (cid !== null) changed = setAttribute(changed, cid, name, value)
  }
  return changed
}
