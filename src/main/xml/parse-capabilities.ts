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

/** One kind of guest that a host can run. */
export interface GuestCapability {
  /** "hvm", "exe", "linux". */
  readonly osType: string
  readonly architecture: string
  readonly emulator: string | null
  /** Best first: hardware virtualization before emulation. */
  readonly domainTypes: readonly string[]
  /** Canonical names, what the aliases "q35" and "pc" stand for first. */
  readonly machineTypes: readonly string[]
}

/** What `virConnectGetCapabilities` tells of a host. */
export interface HostCapabilities {
  readonly uuid: string | null
  readonly architecture: string
  readonly cpuModel: string | null
  readonly cpuVendor: string | null
  readonly numaNodes: number
  readonly guests: readonly GuestCapability[]
}

/** What `virConnectGetDomainCapabilities` tells of one emulator, architecture, machine and domain type. */
export interface DomainCapabilities {
  readonly emulator: string | null
  readonly domainType: string
  readonly architecture: string
  readonly machineType: string
  readonly maxVcpus: number | null
  /** Supported of "host-passthrough", "maximum", "host-model", "custom". */
  readonly cpuModes: readonly string[]
  /** The model nearest to the host's CPU. */
  readonly hostCpuModel: string | null
  readonly hostCpuVendor: string | null
  /** What libvirt finds images for by itself: "bios", "efi". */
  readonly firmwares: readonly string[]
  /** Firmware images on the host that libvirt knows. */
  readonly loaders: readonly string[]
  readonly graphicsTypes: readonly string[]
  readonly videoModels: readonly string[]
  /** The host has what emulates a TPM (swtpm). */
  readonly emulatesTpm: boolean
}

/** Domain types in the order of preference; others follow as the host lists them. */
const DOMAIN_TYPE_ORDER = ['kvm', 'hvf', 'qemu']
const MACHINE_ALIASES = ['q35', 'pc', 'virt', 'pseries', 's390-ccw-virtio']
const MACHINES_LIMIT = 256
const LOADERS_LIMIT = 64

/** Reads a host's capabilities. Throws {@link XmlError}. */
export function parseCapabilities(xml: string): HostCapabilities {
  const root = parseXml(xml)
  if (root.name !== 'capabilities') throw new XmlError(`expected <capabilities>, got <${root.name.slice(0, 64)}>`)
  const host = childOf(root, 'host')
  const cpu = childOf(host, 'cpu')
  const cells = descend(host, 'topology', 'cells')
  return {
    uuid: textOf(childOf(host, 'uuid'))?.toLowerCase() ?? null,
    architecture: textOf(childOf(cpu, 'arch')) ?? '',
    cpuModel: textOf(childOf(cpu, 'model')),
    cpuVendor: textOf(childOf(cpu, 'vendor')),
    numaNodes: Math.max(1, parseWholeNumber(attributeOf(cells, 'num')) ?? childrenOf(cells, 'cell').length),
    guests: childrenOf(root, 'guest').map(parseGuest),
  }
}

function parseGuest(guest: XmlElement): GuestCapability {
  const arch = childOf(guest, 'arch')
  return {
    osType: textOf(childOf(guest, 'os_type')) ?? '',
    architecture: attributeOf(arch, 'name') ?? '',
    emulator: textOf(childOf(arch, 'emulator')),
    domainTypes: sortDomainTypes(childrenOf(arch, 'domain').flatMap((domain) => attributeOf(domain, 'type') ?? [])),
    machineTypes: parseMachines(childrenOf(arch, 'machine')),
  }
}

function sortDomainTypes(types: readonly string[]): string[] {
  const rank = (type: string) => {
    const index = DOMAIN_TYPE_ORDER.indexOf(type)
    return index === -1 ? DOMAIN_TYPE_ORDER.length : index
  }
  return [...new Set(types)].sort((a, b) => rank(a) - rank(b))
}

function parseMachines(machines: readonly XmlElement[]): string[] {
  const names = new Set<string>()
  const canonicalOf = (machine: XmlElement) => attributeOf(machine, 'canonical') ?? textOf(machine)
  for (const alias of MACHINE_ALIASES) {
    const machine = machines.find((candidate) => textOf(candidate) === alias)
    const name = machine === undefined ? null : canonicalOf(machine)
    if (name !== null) names.add(name)
  }
  for (const machine of machines) {
    if (names.size >= MACHINES_LIMIT) break
    const name = canonicalOf(machine)
    if (name !== null) names.add(name)
  }
  return [...names]
}

/** Reads what one kind of guest may have on a host. Throws {@link XmlError}. */
export function parseDomainCapabilities(xml: string): DomainCapabilities {
  const root = parseXml(xml)
  if (root.name !== 'domainCapabilities') {
    throw new XmlError(`expected <domainCapabilities>, got <${root.name.slice(0, 64)}>`)
  }
  const modes = childrenOf(childOf(root, 'cpu'), 'mode')
  const hostModel = modes.find((mode) => attributeOf(mode, 'name') === 'host-model') ?? null
  const graphics = descend(root, 'devices', 'graphics')
  return {
    emulator: textOf(childOf(root, 'path')),
    domainType: textOf(childOf(root, 'domain')) ?? '',
    architecture: textOf(childOf(root, 'arch')) ?? '',
    machineType: textOf(childOf(root, 'machine')) ?? '',
    maxVcpus: parseWholeNumber(attributeOf(childOf(root, 'vcpu'), 'max')),
    cpuModes: modes
      .filter((mode) => attributeOf(mode, 'supported') === 'yes')
      .flatMap((mode) => attributeOf(mode, 'name') ?? []),
    hostCpuModel: textOf(childOf(hostModel, 'model')),
    hostCpuVendor: textOf(childOf(hostModel, 'vendor')),
    firmwares: enumValues(childOf(root, 'os'), 'firmware'),
    loaders: childrenOf(descend(root, 'os', 'loader'), 'value')
      .slice(0, LOADERS_LIMIT)
      .flatMap((path) => textOf(path) ?? []),
    graphicsTypes: enumValues(graphics, 'type'),
    videoModels: enumValues(descend(root, 'devices', 'video'), 'modelType'),
    emulatesTpm: enumValues(descend(root, 'devices', 'tpm'), 'backendModel').includes('emulator'),
  }
}

function enumValues(element: XmlElement | null, name: string): string[] {
  const list = childrenOf(element, 'enum').find((candidate) => attributeOf(candidate, 'name') === name) ?? null
  return childrenOf(list, 'value').flatMap((value) => textOf(value) ?? [])
}

/** The processor's name as the firmware gives it (`virConnectGetSysinfo`), or null. Throws {@link XmlError}. */
export function parseProcessorName(sysinfoXml: string): string | null {
  const processor = childOf(parseXml(sysinfoXml), 'processor')
  const version = childrenOf(processor, 'entry').find((entry) => attributeOf(entry, 'name') === 'version')
  return textOf(version ?? null)?.slice(0, 128) ?? null
}

/** How a host's processors and memory lie, and what its libvirt shields machines with. */
export interface HostTopology {
  readonly cells: readonly { readonly id: number; readonly memoryKiB: number; readonly cpus: readonly number[] }[]
  readonly securityDrivers: readonly string[]
}

const CELLS_LIMIT = 256
const CPUS_LIMIT = 8_192
const SECURITY_DRIVERS_LIMIT = 8

/** Reads the NUMA cells and the security drivers of a host's capabilities. Throws {@link XmlError}. */
export function parseHostTopology(xml: string): HostTopology {
  const host = childOf(parseXml(xml), 'host')
  const cells = childrenOf(descend(host, 'topology', 'cells'), 'cell').slice(0, CELLS_LIMIT)
  const models = childrenOf(host, 'secmodel').slice(0, SECURITY_DRIVERS_LIMIT)
  return {
    cells: cells.map((cell) => ({
      id: parseWholeNumber(attributeOf(cell, 'id')) ?? 0,
      memoryKiB: parseWholeNumber(textOf(childOf(cell, 'memory'))) ?? 0,
      cpus: childrenOf(childOf(cell, 'cpus'), 'cpu')
        .slice(0, CPUS_LIMIT)
        .flatMap((cpu) => parseWholeNumber(attributeOf(cpu, 'id')) ?? []),
    })),
    securityDrivers: models.flatMap((model) => textOf(childOf(model, 'model'))?.slice(0, 64) ?? []),
  }
}

/**
 * The user and group that a host runs QEMU as: libvirt's own label of its security driver `dac`. Null where it says none.
 * https://libvirt.org/formatcaps.html. Throws {@link XmlError}.
 */
export function parseQemuOwner(xml: string): { readonly userId: number; readonly groupId: number } | null {
  const models = childrenOf(childOf(parseXml(xml), 'host'), 'secmodel').slice(0, SECURITY_DRIVERS_LIMIT)
  const dac = models.find((model) => textOf(childOf(model, 'model')) === 'dac')
  const labels = childrenOf(dac ?? null, 'baselabel')
  const label = labels.find((each) => attributeOf(each, 'type') === 'kvm') ?? labels[0] ?? null
  const [, userId, groupId] = /^\+(\d{1,10}):\+(\d{1,10})$/.exec(textOf(label) ?? '') ?? []
  return userId === undefined || groupId === undefined ? null : { userId: Number(userId), groupId: Number(groupId) }
}
