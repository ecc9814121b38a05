import { describe, expect, it } from 'vitest'
import { decideFirmware } from '../../../../../src/main/vm/definition/decide-firmware.ts'
import { decidePlatform } from '../../../../../src/main/vm/definition/index.ts'
import type { HostCapabilities } from '../../../../../src/main/xml/index.ts'
import { findOperatingSystem } from '../../../../../src/shared/domain/index.ts'

const guest = { osType: 'hvm', emulator: '/usr/bin/qemu', domainTypes: ['kvm', 'qemu'], machineTypes: ['pc-q35-7.2'] }
const host: HostCapabilities = {
  uuid: null,
  architecture: 'x86_64',
  cpuModel: null,
  cpuVendor: null,
  numaNodes: 1,
  guests: [
    { ...guest, architecture: 'x86_64' },
    { ...guest, architecture: 'aarch64', domainTypes: ['qemu'] },
  ],
}

describe('the platform', () => {
  it.each([
    [null, 'auto', { domainType: 'kvm', architecture: 'x86_64', machineType: 'q35' }],
    [null, 'pc', { domainType: 'kvm', architecture: 'x86_64', machineType: 'pc' }],
    ['aarch64', 'auto', { domainType: 'qemu', architecture: 'aarch64', machineType: 'virt' }],
  ] as const)('%s %s', (architecture, machineType, expected) => {
    expect(decidePlatform(host, { architecture, machineType })).toEqual({ ...expected, emulator: '/usr/bin/qemu' })
  })

  it('is none where the host runs no such guests', () => {
    expect(decidePlatform(host, { architecture: 's390x', machineType: 'auto' })).toBeNull()
  })
})

describe('the firmware', () => {
  const uefi = { kind: 'uefi', secureBoot: false, loaderPath: null }
  const secure = { ...uefi, secureBoot: true }
  const bios = { kind: 'default' }
  const rows = [
    // [what the cluster has, system, chosen, what libvirt finds, expected]
    ['auto', 'debian13', undefined, ['bios', 'efi'], uefi],
    ['auto', 'debian13', undefined, ['bios'], bios],
    ['auto', 'other', undefined, ['efi'], bios],
    ['bios', 'debian13', undefined, ['efi'], bios],
    ['bios', 'win11', undefined, ['efi'], secure],
    ['bios', 'win11', 'bios', ['efi'], bios],
    ['uefi-secure-boot', 'debian13', undefined, ['efi'], secure],
    ['uefi-secure-boot', 'freebsd15.0', undefined, ['efi'], uefi],
    ['uefi', 'debian13', 'uefi-secure', ['efi'], secure],
    // Nothing that would do is there: libvirt says so in its own words.
    ['bios', 'win11', undefined, [], secure],
  ] as const
  it.each(rows)('%s %s %s %j', (firmware, system, chosen, firmwares, expected) => {
    const platform = { domainType: 'kvm', architecture: 'x86_64', machineType: 'q35', emulator: null }
    const context = { platform, capabilities: { firmwares, loaders: [] }, cluster: { settings: { firmware } } }
    expect(decideFirmware(chosen, findOperatingSystem(system), context)).toEqual(expected)
  })

  it('of a libvirt that finds none by itself is the image that fits', () => {
    const loaders = ['/OVMF/OVMF_CODE_4M.ms.fd', '/OVMF/OVMF_CODE_4M.fd']
    const decide = (chosen: 'uefi' | 'uefi-secure') =>
      decideFirmware(chosen, findOperatingSystem('linux'), {
        platform: { domainType: 'kvm', architecture: 'x86_64', machineType: 'q35', emulator: null },
        capabilities: { firmwares: [], loaders },
        cluster: { settings: { firmware: 'auto' } },
      })
    expect(decide('uefi')).toMatchObject({ loaderPath: loaders[1] })
    expect(decide('uefi-secure')).toMatchObject({ loaderPath: loaders[0] })
  })
})
