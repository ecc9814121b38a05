import type { VmCreateSpec, VmNic, VnicQos } from '../../../shared/domain/index.ts'

/**
 * A machine with nothing left open: each value is what stands in its definition. Paths are those on the host, sizes MiB. What it
 * is made of: {@link decideDomainSpec}; what is made of it: {@link buildDomainXml}.
 */
export interface DomainSpec {
  readonly uuid: string
  readonly name: string
  readonly title: string
  readonly description: string
  readonly operatingSystem: { readonly id: string; readonly libosinfoId: string | null }
  readonly platform: Platform
  readonly cpu: DomainCpu
  readonly memory: DomainMemory
  readonly boot: DomainBoot
  readonly clock: VmCreateSpec['clock'] & string
  /** Tell Windows that it runs on something it knows. */
  readonly hyperV: boolean
  /** Threads of QEMU beside its main one that serve disks. */
  readonly ioThreads: number
  readonly disks: readonly DomainDisk[]
  /** The first is the one that a person changes the medium of. */
  readonly cdroms: readonly DomainCdrom[]
  readonly nics: readonly DomainNic[]
  readonly devices: DomainDevices
  readonly customXml: { readonly devices: string; readonly domain: string }
}

/** What runs it, of what one host has. */
export interface Platform {
  /** "kvm", or "qemu" for emulation. */
  readonly domainType: string
  readonly architecture: string
  /** "q35", "pc-q35-7.2", "virt". */
  readonly machineType: string
  readonly emulator: string | null
}

export interface DomainCpu {
  readonly vcpus: number
  readonly maxVcpus: number
  /** Null: what QEMU gives by itself. */
  readonly mode: 'host-passthrough' | 'host-model' | 'maximum' | 'custom' | null
  /** Of `custom`. */
  readonly model: string | null
  readonly features: VmCreateSpec['cpu']['features']
  readonly topology: VmCreateSpec['cpu']['topology'] | null
  readonly pinning: VmCreateSpec['cpu']['pinning']
  readonly numa: VmCreateSpec['cpu']['numa']
}

export interface DomainMemory {
  readonly sizeMiB: number
  /** More than its size: memory can be plugged in up to that. */
  readonly maxMiB: number
  readonly hugepages: boolean
  /** Other processes of the host read and write it (virtiofs). */
  readonly shared: boolean
  readonly balloon: boolean
}

export interface DomainBoot {
  readonly firmware: DomainFirmware
  readonly bootMenu: boolean
  readonly order: NonNullable<VmCreateSpec['boot']>
  readonly kernel: VmCreateSpec['kernel'] | null
}

export type DomainFirmware =
  /** What the machine type boots with by itself. */
  | { readonly kind: 'default' }
  /** `loaderPath` null: libvirt finds the image by its features (since 7.2). */
  | { readonly kind: 'uefi'; readonly secureBoot: boolean; readonly loaderPath: string | null }

type Bus = 'virtio' | 'scsi' | 'sata' | 'ide' | 'usb'

export interface DomainDisk {
  readonly path: string
  readonly isBlock: boolean
  readonly format: 'raw' | 'qcow2'
  readonly bus: Bus
  readonly cache: string
  readonly discard: boolean
  readonly readOnly: boolean
  readonly shareable: boolean
  readonly serial: string | null
  readonly isBooted: boolean
}

export interface DomainCdrom {
  readonly bus: Bus
  /** Null: an empty drive. */
  readonly path: string | null
  /** The medium is needed by nobody once it has been read: a machine starts without it. */
  readonly isOptional: boolean
  readonly isBooted: boolean
}

export type NicSource =
  | { readonly kind: 'bridge'; readonly bridge: string }
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'user' }

/** What a vNIC profile asks of a card. */
export interface NicRules {
  /** Name of a libvirt network filter; null: none. */
  readonly filter: string | null
  readonly qos: VnicQos
  /** Which one it was. */
  readonly profile: NonNullable<VmNic['vnicProfile']>
}

export interface DomainNic {
  readonly source: NicSource
  /** Null: nothing is asked of it. */
  readonly rules: NicRules | null
  readonly macAddress: string
  readonly model: string
  readonly linkUp: boolean
}

export interface DomainDevices
  extends Pick<
    VmCreateSpec,
    | 'sound'
    | 'tablet'
    | 'rng'
    | 'watchdog'
    | 'panic'
    | 'vsock'
    | 'guestAgent'
    | 'usbRedirections'
    | 'smartCard'
    | 'hostDevices'
    | 'sharedFolders'
  > {
  readonly graphics: 'vnc' | 'spice' | 'none'
  readonly serialConsole: boolean
  readonly video: string
  readonly tpm: boolean
}
