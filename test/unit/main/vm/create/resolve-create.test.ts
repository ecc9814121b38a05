import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { decideMacs } from '../../../../../src/main/vm/create/decide-macs.ts'
import { resolveCreate } from '../../../../../src/main/vm/create/resolve-create.ts'
import type { SchedulingPolicy } from '../../../../../src/main/vm/scheduler/decide-host.ts'
import type { HostAbilities } from '../../../../../src/main/vm/scheduler/host-abilities.ts'
import {
  type Cluster,
  type DatacenterId,
  type Disk,
  type StorageDomain,
  type VmCreateInput,
  type VmId,
  vmCreateSpecSchema,
} from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { inventDisk, inventStorageDomain } from '../../../renderer/invented-storage.ts'
import { makeFacts } from '../../host/make-facts.ts'
import { makeHost } from '../../host/make-host.ts'
import { CLUSTER, HOST_A, makeModel, makeVm, VM_ID } from '../make-model.ts'

const NEW = 'cccccccc-0000-4000-8000-0000000000aa' as VmId
const cluster = inventCluster(1, { id: CLUSTER, name: 'Default' })
const elsewhere = inventStorageDomain(3, {
  name: 'elsewhere',
  status: 'active',
  datacenterId: NEW as string as DatacenterId,
})
const connections: StorageDomain['connections'] = [
  { hostId: HOST_A, status: 'connected', error: null, since: 0, mounted: null },
]
const data = inventStorageDomain(1, {
  name: 'data',
  type: 'data',
  status: 'active',
  datacenterId: cluster.datacenterId,
  targetPath: '/data',
  isMaster: true,
  availableBytes: 10 * 1024 ** 3,
  criticalFreeBytes: 0,
  connections,
})
const media = inventStorageDomain(2, { ...data, id: elsewhere.id, name: 'media', type: 'iso', targetPath: '/media' })
const disk = (number: number, change: Partial<Disk>) =>
  inventDisk(number, { storageDomainId: data.id, registered: true, status: 'ok', usedBy: [], ...change })
const free = disk(1, {
  alias: 'free',
  kind: 'disk',
  format: 'qcow2',
  path: '/data/free.qcow2',
  shareable: false,
  readOnly: false,
})
const used = disk(2, {
  ...free,
  id: disk(2, {}).id,
  alias: 'used',
  usedBy: [{ vmId: VM_ID, name: 'db', running: false }],
})
const shared = disk(3, { ...used, id: disk(3, {}).id, alias: 'shared', shareable: true })
const vmdk = disk(4, { ...free, id: disk(4, {}).id, format: 'vmdk' })
const iso = disk(5, { alias: 'install', kind: 'image', format: 'iso', path: '/data/install.iso' })
const lost = disk(6, { ...free, id: disk(6, {}).id, status: 'illegal' })

const abilities: HostAbilities = {
  capabilities: {
    uuid: null,
    architecture: 'x86_64',
    cpuModel: null,
    cpuVendor: null,
    numaNodes: 1,
    guests: [
      {
        osType: 'hvm',
        architecture: 'x86_64',
        emulator: '/usr/bin/qemu-system-x86_64',
        domainTypes: ['qemu'],
        machineTypes: ['pc-q35-7.2', 'pc-i440fx-7.2'],
      },
    ],
  },
  domains: [
    {
      emulator: '/usr/bin/qemu-system-x86_64',
      domainType: 'qemu',
      architecture: 'x86_64',
      machineType: 'pc-q35-7.2',
      maxVcpus: 288,
      cpuModes: ['custom'],
      hostCpuModel: null,
      hostCpuVendor: null,
      firmwares: [],
      loaders: [],
      graphicsTypes: ['vnc'],
      videoModels: ['vga', 'virtio'],
      emulatesTpm: false,
    },
  ],
  architectures: new Set(['x86_64']),
  bridges: new Set(['lan']),
  networks: new Set(),
}
const policy: SchedulingPolicy = { abilitiesOf: () => abilities, promisedOn: () => new Map() }

function world() {
  const facts = makeFacts({ memoryKiB: 16 * 1024 ** 2, cpus: 4 })
  const disks = [free, used, shared, vmdk, iso, lost]
  return {
    ...makeModel(makeVm({ name: 'db', nics: [nicWith(cluster.settings.macRange.from)] })),
    clusters: new EntityTable([[CLUSTER, cluster]]),
    hosts: new EntityTable([[HOST_A, makeHost({ id: HOST_A, name: 'a', clusterId: CLUSTER, facts })]]),
    storageDomains: new EntityTable([data, media, elsewhere].map((each) => [each.id, each])),
    disks: new EntityTable(disks.map((each) => [each.id, each])),
  }
}
const nicWith = (macAddress: string) => ({
  macAddress,
  model: 'virtio',
  type: 'user',
  source: null,
  hostDevice: null,
  linkUp: true,
  addresses: [],
})
const resolve = (change: Partial<VmCreateInput>, model = world(), by = policy) =>
  resolveCreate(
    model,
    vmCreateSpecSchema.parse({ name: 'web', clusterId: CLUSTER, memoryMiB: 512, vcpus: 1, ...change }),
    NEW,
    by,
  )
const codeOf = (change: Partial<VmCreateInput>) => {
  const resolved = resolve(change)
  return resolved instanceof AppError ? resolved.code : null
}

describe('what a new machine is made of', () => {
  test('new disks lie in their domain under the names that are planned, existing ones where they are', () => {
    const disks = [{ storageDomainId: data.id, sizeGiB: 0.1 }, { diskId: free.id }]
    const resolved = resolve({
      disks,
      cdrom: { diskId: iso.id },
      nics: [{ user: true }],
      cloudInit: { userData: '#!' },
    })
    if (resolved instanceof AppError) throw resolved
    expect(
      resolve({ disks, cdrom: { diskId: iso.id }, nics: [{ user: true }], cloudInit: { userData: '#!' } }),
    ).toEqual(resolved)
    const [made, existing] = resolved.disks
    expect(resolved.seed).toEqual({ storageDomainId: data.id, fileName: `.seed-${NEW}.iso` })
    // Whole sectors, so that a raw disk is as large as it says.
    expect(made?.definition).toMatchObject({ alias: 'web-1', virtualBytes: 107_374_592, format: 'qcow2' })
    expect(made?.path).toBe(`/data/web-1-${made?.definition.id.slice(0, 8)}.qcow2`)
    expect(existing).toMatchObject({ path: '/data/free.qcow2', made: null })
    for (const path of [
      made?.path,
      '/data/free.qcow2',
      '/data/install.iso',
      `/data/.seed-${NEW}.iso`,
      resolved.macs[0],
    ]) {
      expect(resolved.xml).toContain(path)
    }
  })

  test.each([
    ['nothing more', {}, null],
    ['a name that another has, in another case', { name: 'DB' }, 'vm.name-taken'],
    ['a disk that is there', { disks: [{ diskId: free.id }] }, null],
    ['a disk that another has', { disks: [{ diskId: used.id }] }, 'disk.in-use'],
    ['a disk that several may have', { disks: [{ diskId: shared.id }] }, null],
    ['the same disk twice', { disks: [{ diskId: free.id }, { diskId: free.id }] }, 'vm.disk-twice'],
    ['a disk of another format', { disks: [{ diskId: vmdk.id }] }, 'disk.wrong-format'],
    ['a medium as disk', { disks: [{ diskId: iso.id }] }, 'disk.wrong-format'],
    ['a disk whose file is gone', { disks: [{ diskId: lost.id }] }, 'disk.file-missing'],
    ['a disk that nobody knows', { disks: [{ diskId: NEW as never }] }, 'disk.not-found'],
    [
      'more than there is',
      { disks: [{ storageDomainId: data.id, sizeGiB: 11, allocation: 'preallocated' }] },
      'disk.no-space',
    ],
    ['more than there is, as it is written', { disks: [{ storageDomainId: data.id, sizeGiB: 11 }] }, null],
    [
      'more than there is, all together',
      { disks: [6, 6].map((sizeGiB) => ({ storageDomainId: data.id, sizeGiB, allocation: 'preallocated' as const })) },
      'disk.no-space',
    ],
    ['a disk in another datacenter', { disks: [{ storageDomainId: elsewhere.id, sizeGiB: 1 }] }, 'vm.other-datacenter'],
    ['a medium', { cdrom: { diskId: iso.id } }, null],
    ['a disk as medium', { cdrom: { diskId: free.id } }, 'vm.not-a-medium'],
    ['a bridge that is there', { nics: [{ bridge: 'lan' }] }, null],
    ['a bridge that is nowhere', { nics: [{ bridge: 'dmz' }] }, 'vm.host-network-missing'],
    ['a logical network that nobody knows', { nics: [{ networkId: NEW }] }, 'network.not-found'],
    [
      'an address that another has',
      { nics: [{ user: true, macAddress: cluster.settings.macRange.from }] },
      'vm.mac-taken',
    ],
    [
      'an address twice',
      { nics: ['56:6f:00:00:00:01', '56:6f:00:00:00:01'].map((macAddress) => ({ user: true as const, macAddress })) },
      'vm.mac-taken',
    ],
    ['another architecture', { architecture: 's390x' }, 'vm.host-architecture'],
    ['XML that is none', { customXml: { devices: '<a>' } }, 'vm.xml-unreadable'],
    ['1 TiB of memory', { memoryMiB: 1024 ** 2 }, 'vm.host-memory-short'],
  ] as [string, Partial<VmCreateInput>, string | null][])('with %s: %s', (_what, change, code) => {
    expect(codeOf(change)).toBe(code)
  })

  test('waits for a host that was not asked yet', () => {
    expect(resolve({}, world(), { ...policy, abilitiesOf: () => null })).toMatchObject({
      code: 'vm.host-unexamined',
      retry: 'safe',
    })
  })
})

describe('the addresses of a new machine', () => {
  const ranged = (from: string, to: string): Cluster => ({
    ...cluster,
    settings: { ...cluster.settings, macRange: { from, to } },
  })
  const wanted = [undefined, undefined, undefined]

  test('are free ones of the range, each once, the same each time', () => {
    const small = ranged('56:6f:00:00:00:00', '56:6f:00:00:00:03')
    const model = makeModel(makeVm({ nics: [nicWith('56:6F:00:00:00:01')] }))
    const macs = decideMacs(model, small, { vmId: NEW, name: 'web', wanted })
    expect([...(macs as string[])].sort()).toEqual(['56:6f:00:00:00:00', '56:6f:00:00:00:02', '56:6f:00:00:00:03'])
    expect(decideMacs(model, small, { vmId: NEW, name: 'web', wanted })).toEqual(macs)
    expect(decideMacs(model, small, { vmId: NEW, name: 'web', wanted: [...wanted, undefined] })).toMatchObject({
      code: 'vm.macs-used-up',
    })
  })

  test('leave those alone that are asked for', () => {
    const one = ranged('56:6f:00:00:00:00', '56:6f:00:00:00:01')
    const asked = [undefined, '56:6f:00:00:00:00']
    expect(decideMacs(makeModel(), one, { vmId: NEW, name: 'web', wanted: asked })).toEqual([
      '56:6f:00:00:00:01',
      '56:6f:00:00:00:00',
    ])
  })
})
