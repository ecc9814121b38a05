import { readFileSync } from 'node:fs'
import {
  buildDomainXml,
  type DomainContext,
  decideDomainSpec,
  type NicSource,
} from '../../../../../src/main/vm/definition/index.ts'
import { parseDomainCapabilities } from '../../../../../src/main/xml/index.ts'
import { type VmCreateInput, vmCreateSpecSchema } from '../../../../../src/shared/domain/index.ts'

/** What a test of a definition begins with: a person's input, and where it goes. */
export interface DefinitionCase {
  readonly input: Partial<VmCreateInput>
  readonly context?: Partial<DomainContext>
  /** Of a property that is nothing by itself: what it is compared with has this. */
  readonly beside?: Partial<VmCreateInput>
  /** A value that the schema of an older libvirt does not have: where it is not found in it, it is not asked. */
  readonly schemaHas?: string
}

const CLUSTER_ID = '6f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f'
const DISK_ID = '1f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f'
const DOMAIN_ID = '2f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f'

const capabilities = parseDomainCapabilities(
  readFileSync(new URL('../../xml/data/domain-capabilities.xml', import.meta.url), 'utf8'),
)
const kvm = { domainType: 'kvm', architecture: 'x86_64', machineType: 'q35', emulator: '/usr/bin/qemu-system-x86_64' }
const file = (path: string) => ({
  path,
  isBlock: false,
  format: 'qcow2' as const,
  discard: true,
  readOnly: false,
  shareable: false,
})
const bridge: NicSource = { kind: 'bridge', bridge: 'ovirtmgmt' }
const newDisk = { storageDomainId: DOMAIN_ID, sizeGiB: 20 }
const efi = { ...capabilities, firmwares: ['bios', 'efi'] }

/** A host of today: KVM, UEFI by its name, a cluster with a CPU level. */
const usual: DomainContext = {
  uuid: '3f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f',
  platform: kvm,
  capabilities: efi,
  cluster: {
    settings: { firmware: 'auto', consoleType: 'vnc' },
    cpu: { model: 'Skylake-Server', extraFeatures: ['md-clear'], lackingFeatures: ['hle'] },
  },
  disks: [],
  nics: [],
  cdromPath: null,
  seedPath: null,
}

/** The definition of a case. */
export function buildCase({ input, context }: DefinitionCase): string {
  const spec = vmCreateSpecSchema.parse({ name: 'web', clusterId: CLUSTER_ID, memoryMiB: 2_048, vcpus: 2, ...input })
  return buildDomainXml(decideDomainSpec(spec, { ...usual, ...context }))
}

const oneOfEach = {
  disks: [{ ...newDisk }],
  nics: [{ bridge: 'ovirtmgmt' }],
  cdrom: { diskId: DISK_ID },
} satisfies Partial<VmCreateInput>
const foundOne = {
  disks: [file('/var/lib/virtdeck/d1/web.qcow2')],
  nics: [{ source: bridge, rules: null, macAddress: '56:6f:12:34:00:00' }],
  cdromPath: '/var/lib/virtdeck/iso/debian-13.iso',
}

/** What people make, each with a golden file of its name. */
export const GOLDEN_CASES: Readonly<Record<string, DefinitionCase>> = {
  'empty-other': { input: {} },
  'debian-kvm': { input: { ...oneOfEach, operatingSystem: 'debian13' }, context: foundOne },
  'windows-11': { input: { ...oneOfEach, operatingSystem: 'win11', memoryMiB: 8_192, vcpus: 4 }, context: foundOne },
  'windows-10-pc-spice': {
    input: {
      ...oneOfEach,
      operatingSystem: 'win10',
      consoles: { graphics: 'spice', serial: false },
      usbRedirections: 2,
      smartCard: true,
      sound: 'ich6',
    },
    context: { ...foundOne, platform: { ...kvm, machineType: 'pc' } },
  },
  'emulated-bios': {
    input: { ...oneOfEach, operatingSystem: 'alpinelinux' },
    context: { ...foundOne, capabilities, platform: { ...kvm, domainType: 'qemu' } },
  },
  'old-libvirt-uefi': {
    input: { operatingSystem: 'debian12', firmware: 'uefi' },
    context: {
      capabilities: {
        ...capabilities,
        loaders: ['/usr/share/OVMF/OVMF_CODE.secboot.fd', '/usr/share/OVMF/OVMF_CODE.fd'],
      },
    },
  },
  'cloud-image': {
    input: { ...oneOfEach, cdrom: null, operatingSystem: 'ubuntu24.04', cloudInit: { user: 'admin' } },
    context: { ...foundOne, cdromPath: null, seedPath: '/var/lib/virtdeck/d1/seed.iso' },
  },
  'all-of-a-server': {
    input: {
      name: 'Büro & <web> "1"',
      title: "The shop's",
      description: 'First line\nsecond <line>',
      operatingSystem: 'rhel9',
      memoryMiB: 4_096,
      maxMemoryMiB: 16_384,
      vcpus: 2,
      maxVcpus: 8,
      cpu: {
        mode: 'host-passthrough',
        features: [{ name: 'vmx', policy: 'disable' }],
        topology: { sockets: 2, cores: 2, threads: 2 },
        pinning: [
          { vcpu: 0, hostCpus: '2-3' },
          { vcpu: 1, hostCpus: '4,^5' },
        ],
        numa: [
          { cpus: '0-3', memoryMiB: 2_048 },
          { cpus: '4-7', memoryMiB: 2_048 },
        ],
      },
      hugepages: true,
      ballooning: false,
      firmware: 'uefi-secure',
      tpm: true,
      bootMenu: true,
      boot: ['network', 'cdrom', 'disk'],
      clock: 'localtime',
      disks: [
        { ...newDisk, bus: 'virtio', cache: 'writeback', serial: 'system-1', discard: false },
        { ...newDisk, bus: 'scsi', boot: true },
        { diskId: DISK_ID, bus: 'sata', readOnly: true },
        { diskId: DISK_ID, bus: 'usb' },
        { diskId: DISK_ID, bus: 'scsi', shareable: true },
      ],
      nics: [
        { bridge: 'ovirtmgmt', model: 'igb', linkUp: false },
        { libvirtNetwork: 'default', macAddress: '52:54:00:00:00:01' },
        { user: true, model: 'e1000' },
      ],
      video: 'bochs',
      sound: 'ich9',
      tablet: false,
      rng: false,
      watchdog: { action: 'poweroff' },
      panic: true,
      vsock: true,
      guestAgent: false,
      hostDevices: [
        { pci: '0000:3b:00.1' },
        { usb: { vendorId: '046d', productId: 'c52b' } },
        { mediatedDevice: '4f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f' },
      ],
      sharedFolders: [{ path: '/srv/a&b', tag: 'share', readOnly: true }],
      customXml: {
        devices: "<hub type='usb'/>",
        domain: "<on_crash>preserve</on_crash><memtune><hard_limit unit='GiB'>20</hard_limit></memtune>",
      },
    },
    context: {
      disks: [
        file('/rhev/a&b/web.qcow2'),
        { ...file('/dev/mapper/web'), isBlock: true, format: 'raw' },
        file('/rhev/three.qcow2'),
        file('/rhev/four.qcow2'),
        file('/rhev/five.qcow2'),
      ],
      nics: [
        { source: bridge, rules: null, macAddress: '56:6f:12:34:00:00' },
        { source: { kind: 'network', network: 'default' }, rules: null, macAddress: '52:54:00:00:00:01' },
        { source: { kind: 'user' }, rules: null, macAddress: '56:6f:12:34:00:02' },
      ],
    },
  },
  'kernel-headless': {
    input: {
      operatingSystem: 'linux',
      cpu: { mode: 'custom', model: 'EPYC' },
      kernel: { kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd.img', commandLine: 'console=ttyS0 a="b"' },
      consoles: { graphics: 'none' },
      boot: ['network'],
      nics: [{ user: true }],
    },
    context: { nics: [{ source: { kind: 'user' }, rules: null, macAddress: '56:6f:12:34:00:09' }], capabilities },
  },
  aarch64: {
    input: { ...oneOfEach, operatingSystem: 'debian13', tpm: true, cpu: { mode: 'host-model' } },
    context: {
      ...foundOne,
      platform: {
        domainType: 'qemu',
        architecture: 'aarch64',
        machineType: 'virt',
        emulator: '/usr/bin/qemu-system-aarch64',
      },
    },
  },
  'aarch64-panic': {
    schemaHas: 'pvpanic',
    input: { panic: true },
    context: { platform: { ...kvm, architecture: 'aarch64', machineType: 'virt' } },
  },
  s390x: {
    input: { ...oneOfEach, operatingSystem: 'rhel9', panic: true, watchdog: { model: 'diag288', action: 'reset' } },
    context: {
      ...foundOne,
      capabilities,
      cluster: { ...usual.cluster, cpu: { model: null, extraFeatures: [], lackingFeatures: [] } },
      platform: { domainType: 'kvm', architecture: 's390x', machineType: 's390-ccw-virtio', emulator: null },
    },
  },
  ppc64le: {
    input: { ...oneOfEach, operatingSystem: 'rhel9', panic: true, tpm: true },
    context: {
      ...foundOne,
      capabilities: { ...capabilities, cpuModes: [] },
      platform: { domainType: 'kvm', architecture: 'ppc64le', machineType: 'pseries', emulator: null },
    },
  },
}

/**
 * Each property of what a person may say, with a value that its definition must show: another one than what is there by itself. Where
 * nothing of it is in the definition, why.
 */
export const PROPERTY_CASES: Readonly<Record<string, DefinitionCase | { readonly notInDefinition: string }>> = {
  name: { input: { name: 'other' } },
  clusterId: { notInDefinition: 'it chooses the hosts, and what the context says of the cluster' },
  memoryMiB: { input: { memoryMiB: 3_072 } },
  vcpus: { input: { vcpus: 3 } },
  templateId: { notInDefinition: 'what it says is said by then' },
  latestVersion: { notInDefinition: 'it says which template' },
  thin: { notInDefinition: 'it says how disks are made' },
  storageDomainId: { notInDefinition: 'it says where disks are made' },
  title: { input: { title: 'Shop' } },
  description: { input: { description: 'It sells' } },
  operatingSystem: { input: { operatingSystem: 'freebsd15.0' } },
  hostId: { notInDefinition: 'it says where, not what' },
  start: { notInDefinition: 'it is done after' },
  paused: { notInDefinition: 'it is how it is started' },
  maxMemoryMiB: { input: { maxMemoryMiB: 8_192 } },
  maxVcpus: { input: { maxVcpus: 8 } },
  'cpu.mode': { input: { cpu: { mode: 'host-passthrough' } } },
  'cpu.model': {
    beside: { cpu: { mode: 'custom', model: 'EPYC' } },
    input: { cpu: { mode: 'custom', model: 'Haswell' } },
  },
  'cpu.features': { input: { cpu: { features: [{ name: 'vmx', policy: 'require' }] } } },
  'cpu.topology': { input: { cpu: { topology: { sockets: 2, cores: 1, threads: 1 } } } },
  'cpu.pinning': { input: { cpu: { pinning: [{ vcpu: 1, hostCpus: '0-3' }] } } },
  'cpu.numa': { input: { cpu: { numa: [{ cpus: '0-1', memoryMiB: 2_048 }] } } },
  hugepages: { input: { hugepages: true } },
  ballooning: { input: { ballooning: false } },
  architecture: { notInDefinition: 'the platform of the context is chosen by it' },
  machineType: { notInDefinition: 'the platform of the context is chosen by it' },
  firmware: { input: { firmware: 'uefi' } },
  tpm: { input: { tpm: true } },
  clock: { input: { clock: 'localtime' } },
  bootMenu: { input: { bootMenu: true } },
  boot: { input: { boot: ['network'] } },
  'disks.diskId': { notInDefinition: 'the context has its path' },
  'disks.storageDomainId': { notInDefinition: 'the context has its path' },
  'disks.sizeGiB': { notInDefinition: 'the volume has it' },
  'disks.alias': { notInDefinition: 'the disk has it' },
  'disks.format': { notInDefinition: 'the context has it' },
  'disks.allocation': { notInDefinition: 'the volume has it' },
  'disks.bus': { input: { disks: [{ ...newDisk, bus: 'scsi' }] } },
  'disks.discard': { input: { disks: [{ ...newDisk, discard: false }] } },
  'disks.readOnly': { input: { disks: [{ ...newDisk, readOnly: true }] } },
  'disks.shareable': { input: { disks: [{ ...newDisk, shareable: true }] } },
  'disks.serial': { input: { disks: [{ ...newDisk, serial: 'S1' }] } },
  'disks.cache': { input: { disks: [{ ...newDisk, cache: 'writeback' }] } },
  'disks.boot': {
    beside: { disks: [{ ...newDisk }, { ...newDisk }] },
    input: { disks: [{ ...newDisk }, { ...newDisk, boot: true }] },
  },
  'nics.networkId': { notInDefinition: 'the context has its bridge' },
  'nics.vnicProfileId': { notInDefinition: 'the context has its bridge, and what the profile asks for' },
  'nics.libvirtNetwork': { notInDefinition: 'the context has it' },
  'nics.bridge': { notInDefinition: 'the context has it' },
  'nics.user': { notInDefinition: 'the context has it' },
  'nics.macAddress': { notInDefinition: 'the context has it' },
  'nics.model': { input: { nics: [{ bridge: 'a', model: 'rtl8139' }] } },
  'nics.linkUp': { input: { nics: [{ bridge: 'a', linkUp: false }] } },
  cdrom: { notInDefinition: 'the context has its path' },
  'kernel.kernelPath': { beside: { kernel: { kernelPath: '/vmlinuz' } }, input: { kernel: { kernelPath: '/k' } } },
  'kernel.initrdPath': {
    beside: { kernel: { kernelPath: '/vmlinuz' } },
    input: { kernel: { kernelPath: '/vmlinuz', initrdPath: '/i' } },
  },
  'kernel.commandLine': {
    beside: { kernel: { kernelPath: '/vmlinuz' } },
    input: { kernel: { kernelPath: '/vmlinuz', commandLine: 'quiet' } },
  },
  cloudInit: { notInDefinition: 'the seed is made of it' },
  'consoles.graphics': { input: { consoles: { graphics: 'spice' } } },
  'consoles.serial': { input: { consoles: { serial: false } } },
  video: { input: { video: 'cirrus' } },
  sound: { input: { sound: 'ac97' } },
  tablet: { input: { tablet: false } },
  rng: { input: { rng: false } },
  'watchdog.model': { schemaHas: 'itco', beside: { watchdog: {} }, input: { watchdog: { model: 'itco' } } },
  'watchdog.action': { beside: { watchdog: {} }, input: { watchdog: { action: 'pause' } } },
  panic: { input: { panic: true } },
  vsock: { input: { vsock: true } },
  guestAgent: { input: { guestAgent: false } },
  usbRedirections: {
    beside: { consoles: { graphics: 'spice' } },
    input: { consoles: { graphics: 'spice' }, usbRedirections: 1 },
  },
  smartCard: { input: { smartCard: true } },
  'hostDevices.pci': { input: { hostDevices: [{ pci: '0000:01:00.0' }] } },
  'hostDevices.usb': { input: { hostDevices: [{ usb: { vendorId: '1234', productId: 'abcd' } }] } },
  'hostDevices.mediatedDevice': { input: { hostDevices: [{ mediatedDevice: DISK_ID }] } },
  'sharedFolders.path': {
    beside: { sharedFolders: [{ path: '/mnt', tag: 't' }] },
    input: { sharedFolders: [{ path: '/srv', tag: 't' }] },
  },
  'sharedFolders.tag': {
    beside: { sharedFolders: [{ path: '/mnt', tag: 't' }] },
    input: { sharedFolders: [{ path: '/mnt', tag: 'u' }] },
  },
  'sharedFolders.readOnly': {
    beside: { sharedFolders: [{ path: '/srv', tag: 't' }] },
    input: { sharedFolders: [{ path: '/srv', tag: 't', readOnly: true }] },
  },
  'customXml.devices': { input: { customXml: { devices: '<hub type="usb"/>' } } },
  'customXml.domain': { input: { customXml: { domain: '<bootloader_args>x</bootloader_args>' } } },
}

/** What {@link PROPERTY_CASES} differ from: it has a disk and a card, so that theirs can be changed. */
export const PROPERTY_BASE: DefinitionCase = { input: { disks: [newDisk], nics: [{ bridge: 'a' }] } }

/** A context for a case of {@link PROPERTY_CASES}. */
export const propertyContext: Partial<DomainContext> = {
  disks: [file('/one.qcow2'), file('/two.qcow2')],
  nics: [{ source: bridge, rules: null, macAddress: '56:6f:12:34:00:00' }],
}
