import { z } from 'zod'
import { type HostDevice, MEMORY_BLOCK_MIB, type VmDeviceSpec } from '../../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

export const DEVICE_CHOICES = ['memory', 'watchdog', 'rng', 'usb-redirection', 'usb', 'pci', 'mediated'] as const
export const WATCHDOG_MODELS = ['i6300esb', 'itco', 'diag288'] as const
export const WATCHDOG_ACTIONS = ['reset', 'shutdown', 'poweroff', 'pause', 'none', 'dump', 'inject-nmi'] as const

/** Whole blocks of memory, MiB. */
export const isMemorySize = (text: string) =>
  /^\d{1,8}$/.test(text) && Number(text) > 0 && Number(text) % MEMORY_BLOCK_MIB === 0

/** What is plugged in, and how. Messages are catalog keys. */
export const deviceFormSchema = z
  .object({
    kind: z.enum(DEVICE_CHOICES),
    sizeMiB: z.string().trim(),
    memoryModel: z.enum(['dimm', 'virtio-mem']),
    watchdogModel: z.enum(WATCHDOG_MODELS),
    action: z.enum(WATCHDOG_ACTIONS),
    /** Empty: as much as the guest likes. */
    bytesPerSecond: z
      .string()
      .trim()
      .regex(/^([1-9]\d{0,8})?$/, 'vms:hardware.limit.wrong'),
    /** libvirt's name of the device of the host. */
    hostDevice: z.string(),
  })
  .superRefine(({ kind, sizeMiB, hostDevice }, context) => {
    const complain = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
    if (kind === 'memory' && !isMemorySize(sizeMiB)) complain('sizeMiB', 'vms:hardware.device.wrongSize')
    if (isOfHost(kind) && hostDevice === '') complain('hostDevice', 'vms:hardware.device.wrongDevice')
  })
export type DeviceForm = z.output<typeof deviceFormSchema>

/** Whether it is a device of the host that is chosen from a list. */
export function isOfHost(kind: DeviceForm['kind']): kind is 'usb' | 'pci' | 'mediated' {
  return kind === 'usb' || kind === 'pci' || kind === 'mediated'
}

/** What `vm.attach-device` is given; null: the device of the host has gone meanwhile. Pure. */
export function toDeviceSpec(form: DeviceForm, devices: ReadonlyMap<string, HostDevice>): VmDeviceSpec | null {
  switch (form.kind) {
    case 'memory':
      return { memory: { sizeMiB: Number(form.sizeMiB), model: form.memoryModel } }
    case 'watchdog':
      return { watchdog: { model: form.watchdogModel, action: form.action } }
    case 'rng':
      return { rng: { bytesPerSecond: form.bytesPerSecond === '' ? null : Number(form.bytesPerSecond) } }
    case 'usb-redirection':
      return { usbRedirection: true }
    default:
      return toHostSpec(devices.get(form.hostDevice))
  }
}

function toHostSpec(device: HostDevice | undefined): VmDeviceSpec | null {
  const { kind, address = null, numbers = null } = device ?? {}
  if (kind === 'pci' && address !== null) return { host: { pci: address } }
  if (kind === 'mediated' && address !== null) return { host: { mediatedDevice: address } }
  const [vendorId, productId] = numbers?.split(':') ?? []
  if (kind !== 'usb' || vendorId === undefined || productId === undefined) return null
  return { host: { usb: { vendorId, productId } } }
}
