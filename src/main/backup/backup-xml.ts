import { childIn, childrenIn, element, parseEditable, removeElement, serializeXml, setAttribute } from '../xml/index.ts'

/** Where a disk is backed up to. */
export interface BackupTarget {
  readonly target: string
  readonly path: string
}

/**
 * What libvirt is told of a backup into files that were made (https://libvirt.org/formatbackup.html). `since`: the checkpoint after which
 * changes count; null: all. Disks that are not among them are left out. Pure.
 */
export function buildBackupXml(
  targets: readonly BackupTarget[],
  others: readonly string[],
  since: string | null,
): string {
  return serializeXml(
    element(
      'domainbackup',
      { mode: 'push' },
      since === null ? null : element('incremental', {}, since),
      element(
        'disks',
        {},
        ...targets.map(({ target, path }) =>
          element(
            'disk',
            { name: target, backup: 'yes', type: 'file' },
            element('driver', { type: 'qcow2' }),
            element('target', { file: path }),
          ),
        ),
        ...others.map((name) => element('disk', { name, backup: 'no' })),
      ),
    ),
  )
}

/** The checkpoint that is made with it (https://libvirt.org/formatcheckpoint.html). Pure. */
export function buildCheckpointXml(name: string, targets: readonly string[], others: readonly string[]): string {
  return serializeXml(
    element(
      'domaincheckpoint',
      {},
      element('name', {}, name),
      element(
        'disks',
        {},
        ...targets.map((target) => element('disk', { name: target, checkpoint: 'bitmap' })),
        ...others.map((target) => element('disk', { name: target, checkpoint: 'no' })),
      ),
    ),
  )
}

/** A file that a disk was restored into. */
export interface RestoredFile {
  readonly path: string
  readonly format: string
}

/**
 * A definition on files of its own, by the targets of its disks. Writable disks that are not among them go, for they are another machine's; so
 * does the file of the UEFI's variables, which libvirt makes anew. Throws XmlError. Pure.
 */
export function restoredXml(xml: string, files: ReadonlyMap<string, RestoredFile>): string {
  let document = parseEditable(xml)
  const disks = () => childrenIn(childIn(document.root, 'devices'), 'disk')
  const nameOf = (disk: ReturnType<typeof disks>[number]) => childIn(disk, 'target')?.attributes.dev ?? ''
  for (const target of disks().map(nameOf)) {
    const find = () => disks().find((disk) => nameOf(disk) === target) ?? null
    const disk = find()
    const to = files.get(target)
    if (disk === null) continue
    if (to === undefined) {
      const isOwn = (disk.attributes.device ?? 'disk') === 'disk' || disk.attributes.device === 'lun'
      if (isOwn && childIn(disk, 'readonly') === null) document = removeElement(document, disk)
      continue
    }
    const backing = childIn(disk, 'backingStore')
    if (backing !== null) document = removeElement(document, backing)
    const driver = childIn(find(), 'driver')
    if (driver !== null) document = setAttribute(document, driver, 'type', to.format)
    const source = childIn(find(), 'source')
    if (source !== null) document = setAttribute(document, source, 'file', to.path)
  }
  const variables = childIn(childIn(document.root, 'os'), 'nvram')
  return (variables === null ? document : removeElement(document, variables)).text
}
