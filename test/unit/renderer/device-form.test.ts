import { describe, expect, test } from 'vitest'
import {
  type DeviceForm,
  deviceFormSchema,
  toDeviceSpec,
} from '../../../src/renderer/features/vms/hardware/device-form.ts'
import { type HostDevice, vmDeviceSpecSchema } from '../../../src/shared/domain/index.ts'

const form: DeviceForm = {
  kind: 'memory',
  sizeMiB: '1024',
  memoryModel: 'dimm',
  watchdogModel: 'i6300esb',
  action: 'reset',
  bytesPerSecond: '',
  hostDevice: '',
}
const device = (kind: HostDevice['kind'], address: string, numbers: string | null = null) =>
  [kind, { kind, address, numbers } as HostDevice] as const
const devices = new Map([
  device('usb', '1:4', '1050:0407'),
  device('pci', '0000:01:00.0', '8086:1521'),
  device('mediated', '22222222-0000-4000-8000-000000000002'),
])

describe('the form of a device', () => {
  test.each([
    [{ kind: 'memory' }, { memory: { sizeMiB: 1024, model: 'dimm' } }],
    [{ kind: 'watchdog', action: 'pause' }, { watchdog: { model: 'i6300esb', action: 'pause' } }],
    [{ kind: 'rng' }, { rng: { bytesPerSecond: null } }],
    [{ kind: 'rng', bytesPerSecond: '500' }, { rng: { bytesPerSecond: 500 } }],
    [{ kind: 'usb-redirection' }, { usbRedirection: true }],
    [{ kind: 'usb', hostDevice: 'usb' }, { host: { usb: { vendorId: '1050', productId: '0407' } } }],
    [{ kind: 'pci', hostDevice: 'pci' }, { host: { pci: '0000:01:00.0' } }],
    [
      { kind: 'mediated', hostDevice: 'mediated' },
      { host: { mediatedDevice: '22222222-0000-4000-8000-000000000002' } },
    ],
    [{ kind: 'pci', hostDevice: 'gone' }, null],
  ] as const)('%j', (changes, expected) => {
    const spec = toDeviceSpec({ ...form, ...changes }, devices)
    expect(spec).toEqual(expected)
    if (spec !== null) expect(vmDeviceSpecSchema.safeParse(spec).success).toBe(true)
  })

  test.each([
    [{ sizeMiB: '100' }, 'sizeMiB'],
    [{ sizeMiB: '0' }, 'sizeMiB'],
    [{ kind: 'usb' }, 'hostDevice'],
    [{ kind: 'rng', bytesPerSecond: '-1' }, 'bytesPerSecond'],
  ] as const)('is not right: %j', (changes, field) => {
    const { error } = deviceFormSchema.safeParse({ ...form, ...changes })
    expect(error?.issues.map(({ path }) => path[0])).toEqual([field])
  })
})
