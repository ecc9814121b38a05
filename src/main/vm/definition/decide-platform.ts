import type { HostCapabilities } from '../../xml/index.ts'
import type { Platform } from './domain-spec.ts'

/** The machine type of an architecture that is meant for new machines. */
const MACHINE_TYPES: Readonly<Record<string, string>> = {
  x86_64: 'q35',
  i686: 'q35',
  aarch64: 'virt',
  armv7l: 'virt',
  riscv64: 'virt',
  ppc64le: 'pseries',
  ppc64: 'pseries',
  s390x: 's390-ccw-virtio',
}

export interface PlatformWish {
  /** Null: that of the host. */
  readonly architecture: string | null
  /** "auto", or as libvirt lists them. */
  readonly machineType: string
}

/**
 * What a host runs such a machine with: hardware virtualization before emulation, the wanted machine type in the version that the host
 * calls by that name. Null: it runs no guests of that architecture. Pure.
 */
export function decidePlatform(host: HostCapabilities, wish: PlatformWish): Platform | null {
  const architecture = wish.architecture ?? host.architecture
  const guest = host.guests.find((each) => each.osType === 'hvm' && each.architecture === architecture)
  const [domainType] = guest?.domainTypes ?? []
  if (guest === undefined || domainType === undefined) return null
  const wanted = wish.machineType === 'auto' ? MACHINE_TYPES[architecture] : wish.machineType
  return {
    domainType,
    architecture,
    machineType: wanted ?? guest.machineTypes[0] ?? '',
    emulator: guest.emulator,
  }
}

/** Machines with PCI Express slots that devices are plugged into while they run. */
export function hasPciExpress({ architecture, machineType }: Pick<Platform, 'architecture' | 'machineType'>): boolean {
  return isX86(architecture) ? /^(?:pc-)?q35/.test(machineType) : machineType.startsWith('virt')
}

export function isX86(architecture: string): boolean {
  return architecture === 'x86_64' || architecture === 'i686'
}
