import type { VnicQos } from '../../../shared/domain/index.ts'
import { element, type XmlPart } from '../../xml/index.ts'
import type { DomainCdrom, DomainDisk, DomainNic, DomainSpec } from './domain-spec.ts'

/** Disks on one controller of virtio-scsi, as libvirt numbers them by their letters. */
const DISKS_PER_SCSI_CONTROLLER = 7

const PREFIXES = { virtio: 'vd', scsi: 'sd', sata: 'sd', usb: 'sd', ide: 'hd' } as const

/** The number of a drive among those whose names begin alike: SCSI, SATA and USB share theirs. */
function countDrives(drives: readonly { readonly bus: DomainDisk['bus'] }[]): readonly number[] {
  const taken = new Map<string, number>()
  return drives.map(({ bus }) => {
    const index = taken.get(PREFIXES[bus]) ?? 0
    taken.set(PREFIXES[bus], index + 1)
    return index
  })
}

/** "vda", "sdz", "sdaa". */
function targetOf(bus: DomainDisk['bus'], index: number): string {
  return `${PREFIXES[bus]}${letters(index)}`
}

/** The first name of a drive on that bus that none has. Pure. */
export function nextTarget(bus: DomainDisk['bus'], taken: readonly string[]): string {
  for (let index = 0; ; index += 1) {
    const target = targetOf(bus, index)
    if (!taken.includes(target)) return target
  }
}

function letters(index: number): string {
  const last = String.fromCodePoint(97 + (index % 26))
  return index < 26 ? last : `${letters(Math.floor(index / 26) - 1)}${last}`
}

/** Drives and network cards with their turns at booting, and the controllers that drives need. Pure. */
export function driveElements(spec: DomainSpec): readonly XmlPart[] {
  const { disks, cdroms, nics, boot, ioThreads } = spec
  const drives = [...disks, ...cdroms]
  const indexes = countDrives(drives)
  const targets = drives.map(({ bus }, at) => targetOf(bus, indexes[at] ?? 0))
  // A kernel that is given directly is what boots.
  const turnOf = (kind: 'disk' | 'cdrom' | 'network', takesPart: boolean) => {
    const turn = boot.order.indexOf(kind) + 1
    return takesPart && turn > 0 && boot.kernel === null ? turn : null
  }
  const lastOnScsi = Math.max(-1, ...drives.map(({ bus }, at) => (bus === 'scsi' ? (indexes[at] ?? 0) : -1)))
  const controllers = Math.ceil((lastOnScsi + 1) / DISKS_PER_SCSI_CONTROLLER)
  return [
    ...disks.map((disk, at) => diskElement(disk, targets[at] ?? '', turnOf('disk', disk.isBooted), ioThreads > 0)),
    ...cdroms.map((cdrom, at) =>
      cdromElement(cdrom, targets[disks.length + at] ?? '', turnOf('cdrom', cdrom.isBooted)),
    ),
    ...Array.from({ length: controllers }, (_, index) => scsiController(index, ioThreads > 0)),
    ...nics.map((nic, index) => nicElement(nic, turnOf('network', index === 0))),
  ]
}

function scsiController(index: number, hasIoThread: boolean): XmlPart {
  const driver = hasIoThread ? element('driver', { iothread: 1 }) : null
  return element('controller', { type: 'scsi', index, model: 'virtio-scsi' }, driver)
}

/** https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms. Pure. */
export function diskElement(disk: DomainDisk, target: string, order: number | null, hasIoThread: boolean): XmlPart {
  const discard = disk.discard ? 'unmap' : null
  return element(
    'disk',
    { type: disk.isBlock ? 'block' : 'file', device: 'disk' },
    element('driver', {
      name: 'qemu',
      type: disk.format,
      cache: disk.cache,
      // A machine that cannot write waits, and goes on when it can; the guest would see a broken disk.
      error_policy: 'stop',
      // Native I/O needs the cache out of its way, and stands still while a file grows.
      io: disk.isBlock && (disk.cache === 'none' || disk.cache === 'directsync') ? 'native' : 'threads',
      discard,
      detect_zeroes: discard,
      iothread: hasIoThread && disk.bus === 'virtio' ? 1 : null,
    }),
    element('source', disk.isBlock ? { dev: disk.path } : { file: disk.path }),
    element('target', { dev: target, bus: disk.bus }),
    disk.readOnly && element('readonly'),
    disk.shareable && element('shareable'),
    disk.serial !== null && element('serial', {}, disk.serial),
    order !== null && element('boot', { order }),
  )
}

function cdromElement(cdrom: DomainCdrom, target: string, order: number | null): XmlPart {
  const { path, isOptional } = cdrom
  return element(
    'disk',
    { type: 'file', device: 'cdrom' },
    element('driver', { name: 'qemu', type: 'raw' }),
    path !== null && element('source', { file: path, startupPolicy: isOptional ? 'optional' : null }),
    element('target', { dev: target, bus: cdrom.bus }),
    element('readonly'),
    order !== null && element('boot', { order }),
  )
}

/** https://libvirt.org/formatdomain.html#network-interfaces. Pure. */
export function nicElement({ source, rules, macAddress, model, linkUp }: DomainNic, order: number | null): XmlPart {
  return element(
    'interface',
    { type: source.kind },
    element('mac', { address: macAddress }),
    source.kind === 'bridge' && element('source', { bridge: source.bridge }),
    source.kind === 'network' && element('source', { network: source.network }),
    element('model', { type: model }),
    rules === null ? null : bandwidthPart(rules.qos),
    rules === null || rules.filter === null ? null : filterPart(rules.filter),
    !linkUp && element('link', { state: 'down' }),
    order !== null && element('boot', { order }),
  )
}

/** What a card's traffic is limited to; null: it is not. Pure. */
export function bandwidthPart({ inbound, outbound }: VnicQos): XmlPart | null {
  const direction = (name: string, limits: VnicQos['inbound']) =>
    limits === null
      ? null
      : { name, attributes: { average: limits.averageKiBps, peak: limits.peakKiBps, burst: limits.burstKiB } }
  if (inbound === null && outbound === null) return null
  return { name: 'bandwidth', content: [direction('inbound', inbound), direction('outbound', outbound)] }
}

/** The libvirt network filter that a card's packets pass. Pure. */
export function filterPart(filter: string): XmlPart {
  return { name: 'filterref', attributes: { filter } }
}
