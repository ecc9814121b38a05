import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../../src/renderer/components/wizard/drafts.ts'
import { parseMemoryMiB, writeMemoryMiB } from '../../../src/renderer/features/vms/create/memory-text.ts'
import type { VmForm } from '../../../src/renderer/features/vms/create/vm-fields.ts'
import {
  emptyVmForm,
  fieldOfError,
  fieldsOfSystem,
  fieldsOfTemplate,
  inputOf,
  VM_FORM_SECRETS,
  vmFormSchema,
} from '../../../src/renderer/features/vms/create/vm-form.ts'
import { OPERATING_SYSTEMS, vmCreateSpecSchema } from '../../../src/shared/domain/index.ts'
import { guid } from './invented.ts'

const empty = emptyVmForm({ clusterId: guid(3, 1), diskDomainId: guid(6, 1), nic: `network:${guid(8, 1)}` })
const named = { ...empty, name: 'web' }
const wrongFields = (change: Partial<VmForm>) => {
  const parsed = vmFormSchema.safeParse({ ...named, ...change })
  return [...new Set(parsed.error?.issues.map(({ path }) => path[0]) ?? [])]
}

describe('the form of a new machine', () => {
  it('needs a name, and nothing else', () => {
    expect(wrongFields({})).toEqual([])
    expect(wrongFields({ name: ' ' })).toEqual(['name'])
    const spec = vmCreateSpecSchema.parse(inputOf(named))
    expect(spec).toMatchObject({
      name: 'web',
      clusterId: guid(3, 1),
      operatingSystem: 'linux',
      memoryMiB: 2_048,
      vcpus: 2,
      disks: [{ storageDomainId: guid(6, 1), sizeGiB: 20, cache: 'none' }],
      nics: [{ networkId: guid(8, 1), linkUp: true }],
      cdrom: null,
      start: false,
    })
    expect(spec.cpu.mode).toBe('cluster')
    expect(spec).not.toHaveProperty('customXml')
  })

  it.each(OPERATING_SYSTEMS)('takes what $id does well with', ({ id }) => {
    expect(wrongFields({ operatingSystem: id, ...fieldsOfSystem(id) })).toEqual([])
  })

  it.each<[Partial<VmForm>, string]>([
    [{ name: 'a/b' }, 'name'],
    [{ clusterId: '' }, 'clusterId'],
    [{ memory: 'much' }, 'memory'],
    [{ memory: '99999 TiB' }, 'memory'],
    [{ vcpus: '0' }, 'vcpus'],
    [{ vcpus: '5000' }, 'vcpus'],
    [{ diskDomainId: '' }, 'diskDomainId'],
    [{ diskSizeGiB: '0' }, 'diskSizeGiB'],
    [{ diskSizeGiB: 'x' }, 'diskSizeGiB'],
    [{ diskKind: 'existing' }, 'diskId'],
    [{ source: 'medium' }, 'mediumId'],
    [{ source: 'kernel' }, 'kernelPath'],
    [{ source: 'kernel', kernelPath: 'vmlinuz' }, 'kernelPath'],
    [{ nic: 'bridge' }, 'nicName'],
    [{ nic: 'bridge', nicName: 'much-too-long-for-linux' }, 'nicName'],
    [{ cpuMode: 'custom', cpuModel: 'no such' }, 'cpuModel'],
    [{ cores: 'two' }, 'cores'],
    [{ pinning: '0' }, 'pinning'],
    [{ numa: '0-1: much' }, 'numa'],
    [{ maxMemory: 'x' }, 'maxMemory'],
    [{ nicMac: '00:11' }, 'nicMac'],
    [{ diskSerial: 'ä' }, 'diskSerial'],
    [{ hostDevices: 'gpu' }, 'hostDevices'],
    [{ sharedFolders: '/srv' }, 'sharedFolders'],
  ])('says at its field what is wrong: %j', (change, field) => {
    expect(wrongFields(change)).toContain(field)
  })

  it('takes several disks and network cards, and says at which one something is wrong', () => {
    const more = { kind: 'new' as const, sizeGiB: '5,5', domainId: guid(6, 2), diskId: '' }
    const moreDisks = [more, { ...more, kind: 'existing' as const, diskId: guid(7, 1) }]
    const moreNics = [
      { nic: 'bridge', nicName: 'br1' },
      { nic: `profile:${guid(8, 2)}`, nicName: '' },
    ]
    const spec = vmCreateSpecSchema.parse(inputOf({ ...named, moreDisks, moreNics, diskBus: 'scsi', diskSerial: 'S1' }))
    expect(spec.disks).toMatchObject([
      { sizeGiB: 20, bus: 'scsi', serial: 'S1' },
      { storageDomainId: guid(6, 2), sizeGiB: 5.5, bus: 'scsi' },
      { diskId: guid(7, 1), bus: 'scsi' },
    ])
    expect(spec.disks[1]).not.toHaveProperty('serial')
    expect(spec.nics).toMatchObject([{ networkId: guid(8, 1) }, { bridge: 'br1' }, { vnicProfileId: guid(8, 2) }])
    expect(inputOf({ ...named, diskKind: 'none', nic: 'none', moreDisks, moreNics }).disks).toHaveLength(2)

    const pathsOf = (change: Partial<VmForm>) =>
      vmFormSchema.safeParse({ ...named, ...change }).error?.issues.map(({ path }) => path.join('.')) ?? []
    expect(pathsOf({ moreDisks, moreNics })).toEqual([])
    expect(pathsOf({ moreDisks: [more, { ...more, sizeGiB: 'x' }] })).toEqual(['moreDisks.1.sizeGiB'])
    expect(pathsOf({ moreDisks: [{ ...more, domainId: '' }] })).toEqual(['moreDisks.0.domainId'])
    expect(pathsOf({ moreDisks: [{ ...more, kind: 'existing' }] })).toEqual(['moreDisks.0.diskId'])
    expect(pathsOf({ moreNics: [{ nic: 'libvirt', nicName: '' }] })).toEqual(['moreNics.0.nicName'])
    expect(pathsOf({ moreNics: [{ nic: 'bridge', nicName: 'much-too-long-for-linux' }] })).toEqual([
      'moreNics.0.nicName',
    ])
  })

  it.each([
    ['http://almalinux.org/almalinux/10', 'almalinux10'],
    ['debian13', 'debian13'],
    ['http://microsoft.com/win/xp', 'other'],
    [null, undefined],
  ])('takes the system of a template that names it %s', (operatingSystem, id) => {
    expect(fieldsOfTemplate({ memoryMiB: 2_048, vcpus: 2, operatingSystem })).toEqual({
      memory: '2 GiB',
      vcpus: '2',
      diskKind: 'none',
      ...(id === undefined ? {} : { operatingSystem: id }),
    })
  })

  it('writes all that can be said', () => {
    const spec = vmCreateSpecSchema.parse(
      inputOf({
        ...named,
        source: 'medium',
        mediumId: guid(7, 1),
        nic: 'libvirt',
        nicName: 'default',
        nicMac: '56-6F-00-00-00-01',
        cores: '2',
        pinning: '0: 2-3\n1: 4',
        numa: '0-1: 2 GiB',
        maxMemory: '8g',
        tpm: 'off',
        bootOrder: 'cdrom,disk',
        watchdog: 'reset',
        hostDevices: '0000:01:00.0\n046d:c52b\n4f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f',
        sharedFolders: '/srv/my files share',
        cloudInit: 'fields',
        user: 'admin',
        sshKeys: 'ssh-ed25519 A x\n\nssh-rsa B y',
        packages: 'nginx, git',
        address: '2001:db8::5/64',
        gateway: '2001:db8::1',
        customDevices: "<hub type='usb'/>",
      }),
    )
    expect(spec).toMatchObject({
      cdrom: { diskId: guid(7, 1) },
      nics: [{ libvirtNetwork: 'default', macAddress: '56:6f:00:00:00:01' }],
      cpu: {
        topology: { sockets: 1, cores: 2, threads: 1 },
        pinning: [
          { vcpu: 0, hostCpus: '2-3' },
          { vcpu: 1, hostCpus: '4' },
        ],
        numa: [{ cpus: '0-1', memoryMiB: 2_048 }],
      },
      maxMemoryMiB: 8_192,
      tpm: false,
      boot: ['cdrom', 'disk'],
      watchdog: { action: 'reset' },
      hostDevices: [
        { pci: '0000:01:00.0' },
        { usb: { vendorId: '046d', productId: 'c52b' } },
        { mediatedDevice: '4f1f1e3c-1f1b-4a59-9f0d-0a1b2c3d4e5f' },
      ],
      sharedFolders: [{ path: '/srv/my files', tag: 'share' }],
      cloudInit: {
        user: 'admin',
        sshKeys: ['ssh-ed25519 A x', 'ssh-rsa B y'],
        packages: ['nginx', 'git'],
        networks: [{ addresses: ['2001:db8::5/64'], gateway6: '2001:db8::1' }],
      },
      customXml: { devices: "<hub type='usb'/>" },
    })
  })

  it('keeps no secrets when it is closed', () => {
    const kept = withoutSecrets({ ...named, passwordHash: '$6$x', userData: 'password: x' }, VM_FORM_SECRETS)
    expect(JSON.stringify(kept)).not.toMatch(/\$6\$x|password: x/)
  })

  it('shows a refusal where it belongs', () => {
    expect(fieldOfError({ code: 'vm.name-taken' })).toBe('name')
    expect(fieldOfError({ code: 'vm.no-host' })).toBeNull()
  })
})

describe('sizes of memory', () => {
  it.each([
    ['2048', 2_048],
    ['2 GiB', 2_048],
    ['1.5g', 1_536],
    ['1,5 GB', 1_536],
    ['1T', 1_048_576],
    ['0', null],
    ['', null],
    ['-1', null],
    ['2 KiB', null],
  ])('%j', (text, mib) => {
    expect(parseMemoryMiB(text)).toBe(mib)
  })

  it('are read as they are written', () => {
    for (const mib of [1, 512, 1_024, 1_536, 8_192]) expect(parseMemoryMiB(writeMemoryMiB(mib))).toBe(mib)
  })
})
