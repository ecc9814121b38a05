import type { ClusterSettings, OperatingSystem, VmCreateSpec } from '../../../shared/domain/index.ts'
import type { DomainCapabilities } from '../../xml/index.ts'
import { isX86 } from './decide-platform.ts'
import type { DomainFirmware, Platform } from './domain-spec.ts'

export interface FirmwareContext {
  readonly platform: Platform
  readonly capabilities: Pick<DomainCapabilities, 'firmwares' | 'loaders'>
  readonly cluster: { readonly settings: Pick<ClusterSettings, 'firmware'> }
}

type Kind = NonNullable<VmCreateSpec['firmware']>

/** How distributions name the images that enforce secure boot: OVMF_CODE.secboot.fd, OVMF_CODE_4M.ms.fd. */
const SECURE_IMAGE = /secboot|secure|\.ms\./i

/**
 * What it boots with: as a person chose, as the system needs it, as the cluster has it, and where nobody says, UEFI if the host has it.
 * Pure.
 */
export function decideFirmware(
  chosen: Kind | undefined,
  system: OperatingSystem,
  context: FirmwareContext,
): DomainFirmware {
  const { platform, capabilities } = context
  const kind = chosen ?? decideKind(system, context)
  if (kind === 'bios') return { kind: 'default' }
  const secureBoot = kind === 'uefi-secure'
  // A libvirt that finds images by itself knows what else belongs to them. https://libvirt.org/formatdomain.html#bios-bootloader
  if (capabilities.firmwares.includes('efi') || capabilities.loaders.length === 0) {
    return { kind: 'uefi', secureBoot, loaderPath: null }
  }
  const fitting = capabilities.loaders.filter(
    (path) => SECURE_IMAGE.test(path) === (secureBoot && isX86(platform.architecture)),
  )
  return { kind: 'uefi', secureBoot, loaderPath: fitting[0] ?? capabilities.loaders[0] ?? null }
}

function decideKind(system: OperatingSystem, { platform, capabilities, cluster }: FirmwareContext): Kind {
  const { architecture } = platform
  const hasUefi = capabilities.firmwares.includes('efi') || capabilities.loaders.length > 0
  // POWER and s390x have firmware of their own, and no other.
  if (architecture.startsWith('ppc') || architecture === 's390x') return 'bios'
  if (!isX86(architecture)) return hasUefi ? 'uefi' : 'bios'
  if (system.firmware !== 'any') return system.firmware
  switch (cluster.settings.firmware) {
    case 'bios':
    case 'uefi':
      return cluster.settings.firmware
    case 'uefi-secure-boot':
      // Nobody has signed the others' boot loaders.
      return system.family === 'linux' || system.family === 'windows' ? 'uefi-secure' : 'uefi'
    case 'auto':
      return hasUefi && system.id !== 'other' ? 'uefi' : 'bios'
  }
}
