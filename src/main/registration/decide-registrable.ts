import {
  childIn,
  childrenIn,
  type EditableElement,
  type EditableXml,
  MASK,
  parseEditable,
  removeElement,
  setAttribute,
} from '../xml/index.ts'

/** Where the files of a VM may lie: folders of storage domains. */
export interface RegistrationPlace {
  /** Of the domain that describes it: as it was when that was written, and as it is now. */
  readonly formerFolder: string | null
  readonly folder: string
  /** Folders of the other domains of the datacenter. */
  readonly otherFolders: readonly string[]
}

export interface RegistrableVm {
  /** As it can be defined. */
  readonly xml: string
  /** Paths of its disks. */
  readonly disks: readonly string[]
  /** What keeps it from being defined, in libvirt's words: "hostdev", "disk vda: /etc/shadow". Empty: nothing. */
  readonly unfit: readonly string[]
}

const HARMLESS = new Set(
  'audio controller hub input iommu memballoon panic redirdev redirfilter sound vsock watchdog video'.split(' '),
)
const CHARACTER_TYPES = new Set('pty null spicevmc spiceport qemu-vdagent dbus unix'.split(' '))
const NIC_TYPES = new Set('network bridge user internal'.split(' '))
const ENTROPY_SOURCES = new Set(['/dev/random', '/dev/urandom', '/dev/hwrng'])
/** Folders of libvirt's own, where it gives sockets and variables their names. */
const OWN_FOLDERS = ['/var/lib/libvirt/', '/run/libvirt/', '/var/run/libvirt/', '/usr/share/']

/**
 * What a definition that lies in a storage domain becomes before a host takes it. Who wrote it is not known: it may name files and devices of
 * the host, programs to run, and arguments for QEMU. So only what is known to stay within the machine and the domains is let through; what a
 * host finds by itself (its emulator, its labels) and what does not come along (passwords, media) is taken out. `masksPasswords`: whoever defines it gives
 * the screens that had one a new one. Throws XmlError. Pure.
 */
export function decideRegistrable(
  xml: string,
  place: RegistrationPlace,
  { masksPasswords = false } = {},
): RegistrableVm {
  let document = parseEditable(xml)
  const unfit = document.root.name === 'domain' ? [] : [document.root.name]
  for (const select of [
    (root: EditableElement) => childrenIn(root, 'seclabel')[0],
    (root: EditableElement) => childIn(childIn(root, 'devices'), 'emulator') ?? undefined,
    (root: EditableElement) =>
      disksOf(root)
        .flatMap(({ children }) => children)
        .find(({ name }) => name === 'mirror'),
    (root: EditableElement) =>
      disksOf(root)
        .filter(isDrive)
        .flatMap(mediaOf)
        .find((source) => !isInPlace(source, place)),
  ]) {
    for (let found = select(document.root); found !== undefined; found = select(document.root))
      document = removeElement(document, found)
  }
  document = changeAll(document, graphicsOf, (graphics) =>
    graphics.attributes.passwd === undefined ? null : ['passwd', masksPasswords ? MASK : null],
  )
  document = changeAll(document, fileSourcesOf, ({ attributes: { file = '' } }) => {
    const moved = moveFile(file, place)
    return moved === file ? null : ['file', moved]
  })
  const { root } = document
  unfit.push(
    ...unfitParts(root),
    ...childrenIn(childIn(root, 'devices'), 'disk').flatMap((disk) => unfitDisk(disk, place)),
  )
  const disks = disksOf(root)
    .filter((disk) => !isDrive(disk))
    .flatMap(mediaOf)
    .map(({ attributes }) => attributes.file ?? '')
  return { xml: document.text, disks, unfit: [...new Set(unfit)] }
}

/** One attribute of each element that is selected; elements are looked up anew after each change. */
function changeAll(
  document: EditableXml,
  select: (root: EditableElement) => readonly EditableElement[],
  change: (element: EditableElement) => readonly [name: string, value: string | null] | null,
): EditableXml {
  let changed = document
  for (const index of select(document.root).keys()) {
    const element = select(changed.root)[index]
    const wanted = element === undefined ? null : change(element)
    if (element !== undefined && wanted !== null) changed = setAttribute(changed, element, ...wanted)
  }
  return changed
}

const disksOf = (root: EditableElement) => childrenIn(childIn(root, 'devices'), 'disk')
const graphicsOf = (root: EditableElement) => childrenIn(childIn(root, 'devices'), 'graphics')
const isDrive = ({ attributes: { device } }: EditableElement) => device === 'cdrom' || device === 'floppy'
const mediaOf = (disk: EditableElement) => childrenIn(disk, 'source')

/** Also those of the layers below. */
function fileSourcesOf(root: EditableElement): readonly EditableElement[] {
  return disksOf(root).flatMap((disk) =>
    descendants(disk).filter(({ name, attributes }) => name === 'source' && attributes.file !== undefined),
  )
}

function descendants(element: EditableElement): readonly EditableElement[] {
  return element.children.flatMap((child) => [child, ...descendants(child)])
}

function moveFile(file: string, { formerFolder, folder }: RegistrationPlace): string {
  return formerFolder !== null && file.startsWith(`${formerFolder}/`)
    ? `${folder}${file.slice(formerFolder.length)}`
    : file
}

function isInPlace({ attributes }: EditableElement, place: RegistrationPlace): boolean {
  const { file, ...more } = attributes
  const names = Object.keys(more).filter((name) => name !== 'startupPolicy' && name !== 'index')
  if (file === undefined || names.length > 0) return false
  const path = moveFile(file, place)
  return [place.folder, ...place.otherFolders].some(
    (folder) => path.startsWith(`${folder}/`) && isPlain(path.slice(folder.length + 1)),
  )
}

/** A file right in the folder, and none of the domain's own. */
function isPlain(name: string): boolean {
  return name !== '' && !name.includes('/') && !name.startsWith('.')
}

function unfitDisk(disk: EditableElement, place: RegistrationPlace): string[] {
  const target = childIn(disk, 'target')?.attributes.dev ?? '?'
  const sources = descendants(disk).filter(({ name }) => name === 'source')
  const strange = sources.filter(
    (source) => !isInPlace(source, place) || source.children.some(({ name }) => name !== 'encryption'),
  )
  const type = disk.attributes.type ?? ''
  if (type !== 'file') return [`disk ${target}: ${type}`]
  return strange.map(({ attributes, children }) => `disk ${target}: ${attributes.file ?? children[0]?.name ?? '?'}`)
}

function unfitParts(root: EditableElement): string[] {
  const os = childIn(root, 'os')
  const devices = childIn(root, 'devices')
  return [
    ...root.children.filter(({ name }) => name.includes(':')).map(({ name }) => name),
    ...(os?.children ?? [])
      .filter(({ name, text }) => ['kernel', 'initrd', 'dtb', 'acpi', 'init'].includes(name) || !isOwnPath(name, text))
      .map(({ name }) => `os ${name}`),
    ...(devices?.children ?? []).filter((device) => device.name !== 'disk' && !isHarmless(device)).map(describeDevice),
  ]
}

function isOwnPath(name: string, text: string): boolean {
  if (name !== 'loader' && name !== 'nvram') return true
  const path = text.trim()
  return path === '' || (!path.includes('/../') && OWN_FOLDERS.some((folder) => path.startsWith(folder)))
}

function isHarmless(device: EditableElement): boolean {
  const { name, attributes, children } = device
  const socket = childIn(device, 'source')?.attributes.path
  switch (name) {
    case 'serial':
    case 'console':
    case 'channel':
      return (
        CHARACTER_TYPES.has(attributes.type ?? '') && (attributes.type !== 'unix' || isOwnPath('loader', socket ?? ''))
      )
    case 'redirdev':
      return attributes.type === 'spicevmc'
    case 'interface':
      return NIC_TYPES.has(attributes.type ?? '') && childIn(device, 'script') === null
    case 'graphics':
      return [device, ...childrenIn(device, 'listen')].every(({ attributes: { socket: path } }) =>
        isOwnPath('loader', path ?? ''),
      )
    case 'rng':
      return childrenIn(device, 'backend').every(
        ({ attributes: { model }, text }) =>
          model === 'builtin' || (model === 'random' && ENTROPY_SOURCES.has(text.trim())),
      )
    case 'tpm':
      return childrenIn(device, 'backend').every(({ attributes: { type } }) => type === 'emulator')
    case 'audio':
      return ['none', 'spice'].includes(attributes.type ?? 'none')
    case 'input':
      return attributes.type !== 'passthrough' && attributes.type !== 'evdev'
    default:
      return HARMLESS.has(name) && !children.some(({ name: inner }) => inner === 'source')
  }
}

function describeDevice({ name, attributes: { type } }: EditableElement): string {
  return type === undefined ? name : `${name} ${type}`
}
