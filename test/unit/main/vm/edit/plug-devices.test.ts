import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { withDevice } from '../../../../../src/main/vm/edit/change-devices.ts'
import { decideHostDevice } from '../../../../../src/main/vm/edit/decide-host-device.ts'
import {
  decideMemoryPlug,
  requestedIn,
  withMemoryModule,
  withoutMemoryModule,
  withRequested,
} from '../../../../../src/main/vm/edit/memory-modules.ts'
import {
  aliasOf,
  plugDevicePart,
  plugDeviceText,
  readPlugDevices,
  withAlias,
  withoutPlugDevice,
} from '../../../../../src/main/vm/edit/plug-devices.ts'
import { mergeDevices } from '../../../../../src/main/vm/edit/stored-topics.ts'
import { parseDomain } from '../../../../../src/main/xml/index.ts'
import { type HostDevice, type VmDeviceSpec, vmDeviceSpecSchema } from '../../../../../src/shared/domain/index.ts'

const GOLDEN = new URL('../definition/golden/', import.meta.url)
const texts = readdirSync(GOLDEN).map((name) => [name, readFileSync(new URL(name, GOLDEN), 'utf8')] as const)
const ALIAS = aliasOf('11111111-0000-4000-8000-000000000001')
const UUID = '22222222-0000-4000-8000-000000000002'

const specs: readonly (readonly [Exclude<VmDeviceSpec, { memory: unknown }>, object])[] = [
  [{ watchdog: { model: 'i6300esb', action: 'pause' } }, { kind: 'watchdog', model: 'i6300esb', detail: 'pause' }],
  [{ rng: { bytesPerSecond: 1_000 } }, { kind: 'rng', model: 'virtio', detail: '/dev/urandom' }],
  [{ usbRedirection: true }, { kind: 'usb-redirection', model: 'spicevmc' }],
  [{ host: { pci: '0000:3b:00.1' } }, { kind: 'pci', model: '0000:3b:00.1' }],
  [{ host: { usb: { vendorId: '1050', productId: '0407' } } }, { kind: 'usb', model: '1050:0407' }],
  [{ host: { mediatedDevice: UUID } }, { kind: 'mediated', model: UUID }],
]

describe.each(texts)('what can be plugged into %s', (_name, xml) => {
  it.each(specs)('%j is added by its alias, and taken away again byte for byte', (spec, expected) => {
    const more = withDevice(xml, withAlias(plugDevicePart(spec), ALIAS))
    const found = readPlugDevices(more).find(({ id }) => id === ALIAS)
    expect(found).toMatchObject({ sizeMiB: null, requestedMiB: null, ...expected })
    expect(plugDeviceText(more, ALIAS)).toContain(ALIAS)
    expect(withoutPlugDevice(more, ALIAS)).toBe(xml)
    expect(withoutPlugDevice(xml, ALIAS)).toBe(xml)
  })

  it('has names for each that are its own, and takes each away by its name alone', () => {
    const rng = withDevice(
      withDevice(xml, plugDevicePart(specs[1]?.[0] as never)),
      plugDevicePart(specs[1]?.[0] as never),
    )
    const before = readPlugDevices(rng)
    expect(new Set(before.map(({ id }) => id)).size).toBe(before.length)
    expect(before.some(({ id }) => id.endsWith('~2'))).toBe(true)
    for (const { id } of before) {
      expect(readPlugDevices(withoutPlugDevice(rng, id))).toHaveLength(before.length - 1)
    }
  })

  it('takes memory, for which it is given a slot, a maximum and a cell where it has none', () => {
    const { maxMemoryKiB } = parseDomain(xml)
    const spec = { sizeMiB: 256, model: 'virtio-mem' as const, requestedMiB: 128 }
    const more = withMemoryModule(xml, spec, ALIAS)
    expect(parseDomain(more).maxMemoryKiB).toBe(maxMemoryKiB + 256 * 1024)
    expect(more).toMatch(/<maxMemory slots='\d+'/)
    expect(more).toContain('<cell ')
    expect(readPlugDevices(more).at(-1)).toMatchObject({ id: ALIAS, kind: 'memory', sizeMiB: 256, requestedMiB: 128 })
    const whole = withRequested(more, ALIAS, 256)
    expect(readPlugDevices(whole).at(-1)?.requestedMiB).toBe(256)
    expect(withRequested(whole, ALIAS, 128)).toBe(more)
    const without = withoutMemoryModule(more, ALIAS)
    expect(parseDomain(without).maxMemoryKiB).toBe(maxMemoryKiB)
    expect(withoutMemoryModule(without, ALIAS)).toBe(without)
  })
})

test('a DIMM has no amount that could be asked for', () => {
  const device = "<memory model='dimm'><target><size unit='KiB'>131072</size></target></memory>"
  expect(requestedIn(device, 0)).toBe(device)
})

describe('more memory for a machine that runs', () => {
  const MIB = 1024
  const xml = ({ slots = 2, most = 4_096, memory = 1_024, cell = true, modules = 0 } = {}) =>
    `<domain><maxMemory slots='${slots}' unit='MiB'>${most}</maxMemory><memory unit='MiB'>${memory}</memory>
    ${cell ? "<cpu><numa><cell id='0'/></numa></cpu>" : ''}
    <devices>${"<memory model='dimm'/>".repeat(modules)}</devices></domain>`
  const vm = { status: 'up', maxMemoryKiB: 1_024 * MIB } as const
  const wish = { memoryMiB: 2_048, maxMemoryMiB: undefined, applyNow: true }
  test.each([
    ['is plugged where there is room', xml(), vm, wish, 1_024],
    ['is plugged up to the maximum', xml({ most: 2_048 }), vm, wish, 1_024],
    ['is not beyond the maximum', xml({ most: 2_047 }), vm, wish, null],
    ['is not without a free slot', xml({ slots: 1, modules: 1 }), vm, wish, null],
    ['is not without a cell', xml({ cell: false }), vm, wish, null],
    ['is not where more waits for the next start', xml({ memory: 1_536 }), vm, wish, null],
    ['is not in pieces that a guest cannot take', xml(), vm, { ...wish, memoryMiB: 2_000 }, null],
    ['is the balloon’s where it has that much already', xml(), vm, { ...wish, memoryMiB: 1_024 }, null],
    ['is not where the maximum is to be another one', xml(), vm, { ...wish, maxMemoryMiB: 3_072 }, null],
    ['is not where it shall wait', xml(), vm, { ...wish, applyNow: false }, null],
    ['is not while it is down', xml(), { ...vm, status: 'down' as const }, wish, null],
    ['is not where nothing can be plugged', '<domain><memory>1048576</memory></domain>', vm, wish, null],
  ])('%s', (_name, text, machine, edit, expected) => {
    expect(decideMemoryPlug(text, machine, edit)).toBe(expected)
  })
})

test('what runs and what is stored are told apart', () => {
  const device = (id: string) => ({
    id,
    kind: 'rng' as const,
    model: 'virtio',
    detail: '',
    sizeMiB: null,
    requestedMiB: null,
  })
  expect(mergeDevices([device('a'), device('b')], [device('a'), device('c')])).toMatchObject([
    { id: 'a', isRunning: true, isStored: true },
    { id: 'c', isRunning: true, isStored: false },
    { id: 'b', isRunning: false, isStored: true },
  ])
})

describe('a device of a host', () => {
  const nothing = { vendor: null, driver: null, speedMbps: null, isLinkUp: null, sizeBytes: null, asOf: 0 }
  const pci = (changes: Partial<HostDevice>): HostDevice => ({
    ...nothing,
    id: 'pci',
    kind: 'pci',
    name: 'card',
    address: '0000:01:00.0',
    iommuGroup: 4,
    numbers: '8086:1521',
    pciClass: '020000',
    path: '/sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0',
    ...changes,
  })
  const behind = (changes: Partial<HostDevice>): HostDevice =>
    pci({ id: 'child', address: null, path: '/sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0/net/eno1', ...changes })
  const card = { pci: '0000:01:00.0' }
  test.each([
    ['is given where an IOMMU keeps it apart', [pci({})], card, null],
    ['is given with a card that has no cable', [pci({}), behind({ kind: 'nic', isLinkUp: false })], card, null],
    ['is not without an IOMMU', [pci({ iommuGroup: null })], card, { hint: 'no-iommu' }],
    ['is not where it is a bridge', [pci({ pciClass: '060400' })], card, { hint: 'bridge' }],
    ['is not where a disk hangs on it', [pci({}), behind({ kind: 'disk' })], card, { hint: 'disk' }],
    [
      'is not where a live card hangs on it',
      [pci({}), behind({ kind: 'nic', isLinkUp: true })],
      card,
      { hint: 'network' },
    ],
    ['is not where it is not', [pci({ address: '0000:02:00.0' })], card, { device: '0000:01:00.0' }],
    [
      'is given by its numbers',
      [pci({ kind: 'usb', numbers: '1050:0407' })],
      { usb: { vendorId: '1050', productId: '0407' } },
      null,
    ],
    [
      'is not by others',
      [pci({ kind: 'usb' })],
      { usb: { vendorId: '1050', productId: '0407' } },
      { device: '1050:0407' },
    ],
    ['is given by its UUID', [pci({ kind: 'mediated', address: UUID })], { mediatedDevice: UUID }, null],
    ['is not by another', [pci({ kind: 'mediated', address: null })], { mediatedDevice: UUID }, { device: UUID }],
  ])('%s', (_name, devices, spec, refusal) => {
    const error = decideHostDevice(devices, spec, 'host')
    if (refusal === null) expect(error).toBeNull()
    else expect(error?.params).toMatchObject({ hostName: 'host', ...refusal })
  })
})

test.each([
  [{ memory: { sizeMiB: 100 } }],
  [{ memory: { sizeMiB: 256, model: 'virtio-mem', requestedMiB: 512 } }],
  [{ host: { pci: '01:00.0' } }],
  [{ rng: {}, watchdog: {} }],
])('no device: %j', (spec) => {
  expect(vmDeviceSpecSchema.safeParse(spec).success).toBe(false)
})
