import { element, type XmlPart } from '../../xml/index.ts'
import { isX86 } from './decide-platform.ts'
import type { DomainSpec } from './domain-spec.ts'

/** Long enough to see the menu, short enough not to be waited for. */
const BOOT_MENU_TIMEOUT_MS = 3_000

/** `<os>`. https://libvirt.org/formatdomain.html#operating-system-booting. Pure. */
export function osElement({ platform, boot }: DomainSpec): XmlPart {
  const { firmware, bootMenu, kernel } = boot
  const isUefi = firmware.kind === 'uefi'
  const chooses = isUefi && firmware.loaderPath === null
  return element(
    'os',
    { firmware: chooses ? 'efi' : null },
    element('type', { arch: platform.architecture, machine: platform.machineType }, 'hvm'),
    chooses && element('firmware', {}, ...firmwareFeatures(firmware.secureBoot)),
    isUefi &&
      firmware.loaderPath !== null &&
      element(
        'loader',
        { readonly: 'yes', secure: firmware.secureBoot ? 'yes' : null, type: 'pflash' },
        firmware.loaderPath,
      ),
    kernel ? kernelElements(kernel) : null,
    bootMenu && element('bootmenu', { enable: 'yes', timeout: BOOT_MENU_TIMEOUT_MS }),
  )
}

/** What is asked of firmware that libvirt chooses: with keys enrolled, nothing unsigned boots. Pure. */
export function firmwareFeatures(secureBoot: boolean): readonly XmlPart[] {
  const feature = (name: string, enabled: boolean) => element('feature', { enabled: enabled ? 'yes' : 'no', name })
  return secureBoot ? [feature('enrolled-keys', true), feature('secure-boot', true)] : [feature('secure-boot', false)]
}

function kernelElements(kernel: NonNullable<DomainSpec['boot']['kernel']>): readonly XmlPart[] {
  const { kernelPath, initrdPath, commandLine } = kernel
  return [
    element('kernel', {}, kernelPath),
    ...(initrdPath === undefined ? [] : [element('initrd', {}, initrdPath)]),
    ...(commandLine === undefined || commandLine === '' ? [] : [element('cmdline', {}, commandLine)]),
  ]
}

/** `<features>`; null where the architecture has none of them. Pure. */
export function featuresElement({ platform, boot, hyperV }: DomainSpec): XmlPart | null {
  const { architecture } = platform
  if (isX86(architecture)) {
    const { firmware } = boot
    return element(
      'features',
      {},
      element('acpi'),
      element('apic'),
      hyperV && hyperVElement(),
      element('vmport', { state: 'off' }),
      // Variables of secure boot are out of the guest's reach in system management mode only.
      firmware.kind === 'uefi' && firmware.secureBoot && element('smm', { state: 'on' }),
    )
  }
  return boot.firmware.kind === 'uefi' ? element('features', {}, element('acpi')) : null
}

/** As Microsoft and QEMU advise (https://www.qemu.org/docs/master/system/i386/hyperv.html), of what any KVM has. */
function hyperVElement(): XmlPart {
  const on = { state: 'on' }
  return element(
    'hyperv',
    { mode: 'custom' },
    element('relaxed', on),
    element('vapic', on),
    element('spinlocks', { ...on, retries: 8_191 }),
    element('vpindex', on),
    element('runtime', on),
    element('synic', on),
    element('stimer', on, element('direct', on)),
    element('reset', on),
    element('frequencies', on),
    element('tlbflush', on),
    element('ipi', on),
  )
}

/** `<clock>`. https://libvirt.org/formatdomain.html#time-keeping. Pure. */
export function clockElement({ platform, clock, hyperV }: DomainSpec): XmlPart {
  if (!isX86(platform.architecture)) return element('clock', { offset: clock })
  return element(
    'clock',
    { offset: clock },
    element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
    element('timer', { name: 'pit', tickpolicy: 'delay' }),
    element('timer', { name: 'hpet', present: 'no' }),
    hyperV && element('timer', { name: 'hypervclock', present: 'yes' }),
  )
}

/** What becomes of it when its guest ends, and that it does not put itself to sleep: nobody would wake it. Pure. */
export function lifeElements({ platform }: DomainSpec): readonly XmlPart[] {
  const off = { enabled: 'no' }
  const life = [
    element('on_poweroff', {}, 'destroy'),
    element('on_reboot', {}, 'restart'),
    element('on_crash', {}, 'destroy'),
  ]
  if (!isX86(platform.architecture)) return life
  return [...life, element('pm', {}, element('suspend-to-mem', off), element('suspend-to-disk', off))]
}
