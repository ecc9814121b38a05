import type { Firmware } from '../../shared/domain/index.ts'
import { attributeOf, childOf, descend, textOf, type XmlElement } from './xml-tree.ts'

/** What QEMU boots with where the definition names no loader, by architecture (qemu-system-<arch>'s default machines). */
const DEFAULTS: Readonly<Record<string, Firmware>> = {
  x86_64: 'bios',
  i686: 'bios',
  // Without a loader the boards of ARM begin with the kernel that they are given.
  aarch64: 'none',
  armv7l: 'none',
  armv6l: 'none',
  ppc64: 'open-firmware',
  ppc64le: 'open-firmware',
  riscv64: 'opensbi',
  riscv32: 'opensbi',
  // QEMU's own s390-ccw loader: it does what the machine's IPL does.
  s390x: 'ipl',
}

/** Names of images that are given as a plain ROM instead of flash. */
const ROM_NAMES: readonly (readonly [RegExp, Firmware])[] = [
  [/ovmf|aavmf|edk2|uefi|qemu[_-]efi/i, 'uefi'],
  [/slof/i, 'open-firmware'],
  [/opensbi|fw_(?:jump|dynamic|payload)/i, 'opensbi'],
  [/s390-ccw/i, 'ipl'],
  [/seabios|bios\.bin|bios-256k/i, 'bios'],
]

/** What a machine boots with, from the `<os>` of its definition. */
export function parseFirmware(os: XmlElement | null): Firmware {
  const wanted = attributeOf(os, 'firmware')
  if (wanted === 'efi') return 'uefi'
  if (wanted === 'bios') return 'bios'
  const loader = childOf(os, 'loader')
  if (attributeOf(loader, 'type') === 'pflash') return 'uefi'
  const image = textOf(loader)
  if (image !== null) return ROM_NAMES.find(([name]) => name.test(image))?.[1] ?? 'unknown'
  return DEFAULTS[attributeOf(descend(os, 'type'), 'arch') ?? ''] ?? 'unknown'
}
