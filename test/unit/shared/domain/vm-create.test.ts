import { describe, expect, it } from 'vitest'
import { type VmCreateInput, vmCreateSpecSchema, vmNameSchema } from '../../../../src/shared/domain/index.ts'

const CLUSTER = '0d9e4a52-7a4c-4d0b-9b7c-7e6c52f7a001'
const DISK = '0d9e4a52-7a4c-4d0b-9b7c-7e6c52f7a002'
const least: VmCreateInput = { name: 'web', clusterId: CLUSTER as VmCreateInput['clusterId'], memoryMiB: 512, vcpus: 1 }
const pathsOf = (input: object) =>
  vmCreateSpecSchema.safeParse({ ...least, ...input }).error?.issues.map(({ path }) => path.join('.')) ?? []

describe('what is said of a new machine', () => {
  it('needs a name, a cluster, memory and vCPUs, and fills in the rest', () => {
    expect(vmCreateSpecSchema.parse(least)).toMatchObject({
      templateId: 'blank',
      start: false,
      cpu: { mode: 'cluster', features: [], pinning: [], numa: [] },
      disks: [],
      nics: [],
      cdrom: null,
      consoles: { serial: true },
      ballooning: true,
      rng: true,
      tablet: true,
      watchdog: null,
    })
  })

  it.each(['웹 서버', 'web 01', 'Ünïcode', '👩‍👩‍👧 family', 'عربي', 'a\'b"c&<d>$`', '-x', 'ß'.repeat(100)])(
    'takes the name %s',
    (name) => {
      expect(vmNameSchema.parse(name)).toBe(name)
    },
  )

  it('keeps names in one form and without spaces around them', () => {
    expect(vmNameSchema.parse(' cafe\u0301 ')).toBe('caf\u00e9')
  })

  it.each([
    '',
    '   ',
    'a/b',
    'a\nb',
    'a\u0000b',
    'a\u007fb',
    '\ud800',
    'a\u2028b',
    '.',
    '..',
    '\uffff',
    'ß'.repeat(101),
  ])('refuses the name %j', (name) => {
    expect(vmNameSchema.safeParse(name).success).toBe(false)
  })

  it.each([
    ['memoryMiB', { memoryMiB: 0 }],
    ['memoryMiB', { memoryMiB: 1.5 }],
    ['memoryMiB', { memoryMiB: 2 ** 30 }],
    ['vcpus', { vcpus: 0 }],
    ['vcpus', { vcpus: 5_000 }],
    ['clusterId', { clusterId: 'web' }],
    ['templateId', { templateId: 'other' }],
    ['cpu.pinning.0.hostCpus', { cpu: { pinning: [{ vcpu: 0, hostCpus: 'all' }] } }],
    ['cpu.features.0.name', { cpu: { features: [{ name: '<x/>', policy: 'require' }] } }],
    ['disks.0.sizeGiB', { disks: [{ storageDomainId: DISK, sizeGiB: -1 }] }],
    ['disks.0', { disks: [{ diskId: DISK, storageDomainId: DISK, sizeGiB: 1 }] }],
    ['nics.0.bridge', { nics: [{ bridge: 'a bridge' }] }],
    ['nics.0', { nics: [{ bridge: 'br0', user: true }] }],
    ['nics.0.macAddress', { nics: [{ user: true, macAddress: 'zz' }] }],
    ['boot', { boot: ['disk', 'disk'] }],
    ['kernel.kernelPath', { kernel: { kernelPath: 'vmlinuz' } }],
    ['kernel.commandLine', { kernel: { kernelPath: '/vmlinuz', commandLine: 'a\nb' } }],
    ['sharedFolders.0.tag', { sharedFolders: [{ path: '/srv', tag: 'a b' }] }],
    ['hostDevices.0.pci', { hostDevices: [{ pci: '01:00.0' }] }],
    ['', { memoryMib: 512 }],
    ['maxMemoryMiB', { maxMemoryMiB: 256 }],
    ['maxVcpus', { vcpus: 4, maxVcpus: 2 }],
    ['cpu.model', { cpu: { mode: 'custom' } }],
    ['cpu.topology', { vcpus: 3, cpu: { topology: { sockets: 1, cores: 2, threads: 1 } } }],
    ['cpu.topology', { vcpus: 2, maxVcpus: 4, cpu: { topology: { sockets: 1, cores: 2, threads: 1 } } }],
    ['cpu.pinning.0.vcpu', { cpu: { pinning: [{ vcpu: 1, hostCpus: '0' }] } }],
    ['cpu.numa', { cpu: { numa: [{ cpus: '0', memoryMiB: 256 }] } }],
    [
      'disks',
      {
        disks: [
          { diskId: DISK, boot: true },
          { storageDomainId: DISK, sizeGiB: 1, boot: true },
        ],
      },
    ],
    ['firmware', { firmware: 'bios', tpm: true }],
  ])('names the field that does not fit: %s', (path, input) => {
    expect(pathsOf(input)).toContain(path)
  })

  it.each([
    { cloudInit: { userData: '#cloud-config\n' } },
    { cloudInit: { user: 'admin', passwordHash: '$6$salt$hash', networks: [{ addresses: ['10.0.0.2/24'] }] } },
    { disks: [{ diskId: DISK }, { storageDomainId: DISK, sizeGiB: 0.5, bus: 'scsi', boot: true }] },
    { nics: [{ libvirtNetwork: 'default' }, { bridge: 'br0' }, { user: true }, { networkId: DISK }] },
    { hostDevices: [{ pci: '0000:01:00.0' }, { usb: { vendorId: '1d6b', productId: '0002' } }] },
  ])('takes %j', (input) => {
    expect(pathsOf(input)).toEqual([])
  })

  it('never takes a password itself in place of its hash', () => {
    expect(pathsOf({ cloudInit: { user: 'admin', passwordHash: 'secret' } })).toEqual(['cloudInit.passwordHash'])
  })
})
