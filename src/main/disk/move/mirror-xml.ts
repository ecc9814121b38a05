import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  element,
  parseEditable,
  removeElement,
  serializeXml,
  setAttribute,
} from '../../xml/index.ts'

/** A file that a disk is, or is to be. */
export interface ImageFile {
  readonly path: string
  readonly format: string
}

/** What a definition says of one disk. */
export interface DriveState {
  readonly path: string | null
  /** Where it is being copied to, while it runs. */
  readonly mirror: { readonly path: string | null; readonly phase: 'copying' | 'ready' | 'ending' } | null
}

/** What libvirt is told to mirror a disk into (https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainBlockCopy). Pure. */
export function buildMirrorXml({ path, format }: ImageFile): string {
  return serializeXml(
    element(
      'disk',
      { type: 'file' },
      element('driver', { name: 'qemu', type: format }),
      element('source', { file: path }),
    ),
  )
}

/** The disk of that target in a definition; null: there is none. Throws XmlError. Pure. */
export function parseDriveState(xml: string, target: string): DriveState | null {
  const disk = disksOf(parseEditable(xml)).find((each) => targetOf(each) === target)
  if (disk === undefined) return null
  const mirror = childIn(disk, 'mirror')
  if (mirror === null) return { path: sourceOf(disk), mirror: null }
  // Other jobs have a mirror element, too: a commit has no second file of ours.
  const path = sourceOf(mirror) ?? mirror.attributes.file ?? null
  const { ready } = mirror.attributes
  return {
    path: sourceOf(disk),
    mirror: { path, phase: ready === undefined ? 'copying' : (PHASES[ready] ?? 'ending') },
  }
}

const PHASES: Readonly<Record<string, 'ready'>> = { yes: 'ready' }

/** Whether a definition names a file as a disk, or as what one is mirrored into. Throws XmlError. Pure. */
export function namesFile(xml: string, path: string): boolean {
  return disksOf(parseEditable(xml)).some(
    (disk) => sourceOf(disk) === path || sourceOf(childIn(disk, 'mirror')) === path,
  )
}

/** A definition with one file in another one's place; all else stays byte for byte. The same text where it is so. Throws XmlError. Pure. */
export function withDiskFile(xml: string, fromPath: string, to: ImageFile): string {
  let document = parseEditable(xml)
  const targets = disksOf(document).flatMap((disk) => (sourceOf(disk) === fromPath ? (targetOf(disk) ?? []) : []))
  for (const target of targets) {
    const part = (name: string) => childIn(disksOf(document).find((disk) => targetOf(disk) === target) ?? null, name)
    const backing = part('backingStore')
    // What libvirt said of the old file's layers is not so of the new one.
    if (backing !== null) document = removeElement(document, backing)
    const driver = part('driver')
    if (driver !== null) document = setAttribute(document, driver, 'type', to.format)
    const source = part('source')
    if (source !== null) document = setAttribute(document, source, 'file', to.path)
  }
  return document.text
}

function disksOf(document: EditableXml): readonly EditableElement[] {
  return childrenIn(childIn(document.root, 'devices'), 'disk')
}

function targetOf(disk: EditableElement): string | undefined {
  return childIn(disk, 'target')?.attributes.dev
}

function sourceOf(of: EditableElement | null): string | null {
  return childIn(of, 'source')?.attributes.file ?? null
}
