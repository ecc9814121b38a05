import { attributeOf, childOf, childrenOf, descend, parseXml, textOf, XmlError } from './xml-tree.ts'

/** A disk that a machine may write. `cache`: as libvirt names it; null: QEMU's default. */
export interface MigrationDisk {
  readonly path: string
  /** "vda" */
  readonly target: string
  readonly cache: string | null
  readonly shareable: boolean
  readonly isFile: boolean
}

/** What a running machine needs at another host, as far as its definition says it. */
export interface MigrationNeeds {
  readonly disks: readonly MigrationDisk[]
  /** Files that it only reads: media, kernels, firmware. */
  readonly files: readonly string[]
  /** Linux bridges that its cards are plugged into. */
  readonly bridges: readonly string[]
  readonly domainType: string
  readonly architecture: string
  readonly machineType: string
  readonly emulator: string | null
  /** The element as written, to be compared with the CPU of another host; null: it has none. */
  readonly cpuXml: string | null
}

const LIST_LIMIT = 1_024
const CPU_XML = /<cpu(?:\s[^>]*)?(?:\/>|>[\s\S]*?<\/cpu>)/

/** Reads the definition of a running domain. Throws {@link XmlError}. */
export function parseMigrationNeeds(xml: string): MigrationNeeds {
  const domain = parseXml(xml)
  if (domain.name !== 'domain') throw new XmlError(`expected <domain>, got <${domain.name}>`)
  const os = childOf(domain, 'os')
  const type = childOf(os, 'type')
  const devices = childOf(domain, 'devices')
  const files = ['kernel', 'initrd', 'dtb', 'loader'].map((name) => textOf(childOf(os, name)))
  const disks: MigrationNeeds['disks'][number][] = []
  for (const disk of childrenOf(devices, 'disk').slice(0, LIST_LIMIT)) {
    const source = childOf(disk, 'source')
    const path = attributeOf(source, 'file') ?? attributeOf(source, 'dev')
    if (path === null) continue
    if (childOf(disk, 'readonly') !== null || attributeOf(disk, 'device') === 'cdrom') files.push(path)
    else {
      const shareable = childOf(disk, 'shareable') !== null
      const cache = attributeOf(childOf(disk, 'driver'), 'cache')
      const target = attributeOf(childOf(disk, 'target'), 'dev') ?? ''
      disks.push({ path, target, cache, shareable, isFile: attributeOf(source, 'file') !== null })
    }
  }
  const bridges = childrenOf(devices, 'interface')
    .slice(0, LIST_LIMIT)
    .filter(
      (card) => attributeOf(card, 'type') === 'bridge' && attributeOf(childOf(card, 'virtualport'), 'type') === null,
    )
    .map((card) => attributeOf(childOf(card, 'source'), 'bridge'))
  return {
    disks,
    files: unique(files),
    bridges: unique(bridges),
    domainType: attributeOf(domain, 'type') ?? '',
    architecture: attributeOf(type, 'arch') ?? '',
    machineType: attributeOf(type, 'machine') ?? '',
    emulator: textOf(descend(devices, 'emulator')),
    cpuXml: CPU_XML.exec(xml)?.[0] ?? null,
  }
}

function unique(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))]
}
