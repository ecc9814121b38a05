import type { Vm, VmSettings } from '../../shared/domain/index.ts'
import { parseDisks, parseGraphics, parseGuestAgent, parseNics, parseOtherDevices } from './domain-devices.ts'
import { parseMemoryKiB } from './memory-size.ts'
import { parseBootOrder, parseTopology } from './parse-boot.ts'
import { parseFirmware } from './parse-firmware.ts'
import { serialPortsOf } from './parse-serial-ports.ts'
import { parseLabels } from './vm-labels.ts'
import {
  attributeOf,
  childOf,
  childrenOf,
  descend,
  parseWholeNumber,
  parseXml,
  textOf,
  type XmlElement,
  XmlError,
} from './xml-tree.ts'

/** What a domain's definition says of a VM: the part of {@link Vm} that is read from XML, with libvirt's own ids. */
export interface DomainDefinition
  extends Pick<
    Vm,
    | 'name'
    | 'title'
    | 'description'
    | 'operatingSystem'
    | 'tags'
    | 'folder'
    | 'domainType'
    | 'architecture'
    | 'machineType'
    | 'firmware'
    | 'cpuMode'
    | 'vcpus'
    | 'maxVcpus'
    | 'memoryKiB'
    | 'maxMemoryKiB'
    | 'disks'
    | 'nics'
    | 'graphics'
    | 'serialPorts'
    | 'hasSerialConsole'
    | 'guestAgent'
  > {
  readonly uuid: string
  /** libvirt's id of the running domain; null while it does not run. */
  readonly domainId: number | null
  /** Other processes may map its memory (memfd, virtiofs, vhost-user): the host's kernel counts it as page cache. */
  readonly sharesMemory: boolean
  /** How often QEMU asks the guest for its memory, seconds; 0: never. Null: it has no balloon. */
  readonly balloonPeriodSeconds: number | null
  /** Devices that a VM does not list, and that a person may add or change: `video` `qxl`. */
  readonly otherDevices: readonly { readonly kind: string; readonly model: string }[]
  readonly bootOrder: VmSettings['boot']
  readonly topology: VmSettings['topology']
}

const NAME_LIMIT = 256
const DESCRIPTION_LIMIT = 4_096

/** Reads libvirt's domain XML (of a running or a defined domain). What it does not know it passes over. Throws {@link XmlError}. */
export function parseDomain(xml: string): DomainDefinition {
  const domain = parseXml(xml)
  if (domain.name !== 'domain') throw new XmlError(`expected <domain>, got <${domain.name.slice(0, 64)}>`)
  // To libvirt `web` and `web ` are two machines: what tells them apart is kept.
  const name = childOf(domain, 'name')?.text ?? ''
  const uuid = textOf(childOf(domain, 'uuid'))
  if (name === '' || uuid === null) throw new XmlError('a domain without a name or a UUID')
  const devices = childOf(domain, 'devices')
  const osType = descend(domain, 'os', 'type')
  const maxMemoryKiB = parseMemoryKiB(childOf(domain, 'memory')) ?? 0
  const serialPorts = serialPortsOf(devices)
  const maxVcpus = parseWholeNumber(textOf(childOf(domain, 'vcpu'))) ?? 1
  // Copied, because strings that were cut out of the document would keep all of it alive for as long as the VM is known.
  return structuredClone({
    name: name.slice(0, NAME_LIMIT),
    uuid: uuid.toLowerCase(),
    domainId: parseWholeNumber(attributeOf(domain, 'id')),
    title: textOf(childOf(domain, 'title'))?.slice(0, NAME_LIMIT) ?? null,
    description: textOf(childOf(domain, 'description'))?.slice(0, DESCRIPTION_LIMIT) ?? null,
    operatingSystem: parseOperatingSystem(childOf(domain, 'metadata')),
    ...parseLabels(childOf(domain, 'metadata')),
    domainType: attributeOf(domain, 'type') ?? '',
    architecture: attributeOf(osType, 'arch') ?? '',
    machineType: attributeOf(osType, 'machine') ?? '',
    firmware: parseFirmware(childOf(domain, 'os')),
    cpuMode: attributeOf(childOf(domain, 'cpu'), 'mode'),
    vcpus: parseWholeNumber(attributeOf(childOf(domain, 'vcpu'), 'current')) ?? maxVcpus,
    maxVcpus,
    memoryKiB: parseMemoryKiB(childOf(domain, 'currentMemory')) ?? maxMemoryKiB,
    maxMemoryKiB,
    disks: parseDisks(devices),
    nics: parseNics(devices, childOf(domain, 'metadata')),
    graphics: parseGraphics(devices),
    serialPorts,
    hasSerialConsole: serialPorts.some(({ canOpen }) => canOpen),
    guestAgent: parseGuestAgent(devices),
    sharesMemory: parseSharesMemory(domain),
    balloonPeriodSeconds: parseBalloonPeriod(devices),
    otherDevices: parseOtherDevices(devices),
    bootOrder: parseBootOrder(childOf(domain, 'os'), devices),
    topology: parseTopology(childOf(domain, 'cpu')),
  })
}

/** As a whole, or in one of its NUMA cells. */
function parseSharesMemory(domain: XmlElement): boolean {
  const backing = childOf(domain, 'memoryBacking')
  if (attributeOf(childOf(backing, 'source'), 'type') === 'memfd') return true
  if (attributeOf(childOf(backing, 'access'), 'mode') === 'shared') return true
  const cells = childrenOf(descend(domain, 'cpu', 'numa'), 'cell')
  return cells.some((cell) => attributeOf(cell, 'memAccess') === 'shared')
}

/** libvirt adds a balloon where the definition has none, unless it says `none`. */
function parseBalloonPeriod(devices: XmlElement | null): number | null {
  const balloon = childOf(devices, 'memballoon')
  if (balloon === null || attributeOf(balloon, 'model') === 'none') return null
  return parseWholeNumber(attributeOf(childOf(balloon, 'stats'), 'period')) ?? 0
}

/** virt-install and its kin write `<libosinfo:libosinfo><libosinfo:os id='http://debian.org/debian/12'/>`. */
function parseOperatingSystem(metadata: XmlElement | null): string | null {
  for (const child of metadata?.children ?? []) {
    if (!child.name.endsWith(':libosinfo') && child.name !== 'libosinfo') continue
    const os = child.children.find((element) => element.name.endsWith(':os') || element.name === 'os')
    return attributeOf(os ?? null, 'id')?.slice(0, NAME_LIMIT) ?? null
  }
  return null
}
