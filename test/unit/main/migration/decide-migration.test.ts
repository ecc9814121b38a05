import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import { emptyDefinition } from '../../../../src/main/hosts/domain-record.ts'
import {
  decideMovable,
  decideObstacles,
  decideTarget,
  decideVerdicts,
  freeMemoryMiB,
  type MigrationSight,
  type MigrationWishes,
} from '../../../../src/main/migration/decide-migration.ts'
import type {
  Cluster,
  ClusterId,
  Host,
  HostId,
  MigrationVerdict,
  StorageDomain,
  Vm,
  VmId,
} from '../../../../src/shared/domain/index.ts'
import { inventCluster } from '../../renderer/invented.ts'
import { makeFacts } from '../host/make-facts.ts'
import { makeHost } from '../host/make-host.ts'
import { makeDomain } from '../storage/make-domain.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeRecord, makeVm, VM_ID } from '../vm/make-model.ts'

const OTHER_CLUSTER = 'dddddddd-0000-4000-8000-000000000009' as ClusterId
const ELSEWHERE = 'eeeeeeee-0000-4000-8000-000000000009' as Cluster['datacenterId']
const MIB = 1024
const FILE_DISK = { target: 'vda', bus: 'virtio', device: 'disk', sourceType: 'file', format: 'qcow2', readOnly: false }

interface World {
  readonly vm?: Partial<Vm>
  readonly there?: Partial<Host>
  readonly cluster?: Partial<Cluster>
  readonly others?: readonly Vm[]
  readonly domains?: readonly StorageDomain[]
  /** The other cluster is in another datacenter. */
  readonly elsewhere?: boolean
}

function makeWorld({
  vm = {},
  there = {},
  cluster = {},
  others = [],
  domains = [],
  elsewhere = false,
}: World = {}): ModelSnapshot {
  const facts = makeFacts({ memoryKiB: 1_024 * MIB })
  const own = inventCluster(1, { id: CLUSTER, ...cluster })
  return {
    ...makeModel(makeVm({ memoryKiB: 512 * MIB, ...vm }), ...others),
    clusters: new EntityTable([
      [CLUSTER, { ...own, settings: { ...own.settings, memoryOvercommitPercent: 100 } }],
      [
        OTHER_CLUSTER,
        {
          ...inventCluster(2, { id: OTHER_CLUSTER, name: 'far' }),
          datacenterId: elsewhere ? ELSEWHERE : own.datacenterId,
        },
      ],
    ]),
    hosts: new EntityTable([
      [HOST_A, makeHost({ id: HOST_A, name: 'a', facts })],
      [HOST_B, makeHost({ id: HOST_B, name: 'b', facts, ...there })],
    ]),
    storageDomains: new EntityTable(domains.map((domain) => [domain.id, domain])),
  }
}

const list = (name: string, active: boolean) => ({ values: [{ uuid: name, name, active }], asOf: 1, stale: false })
const blind: MigrationSight = { networksOf: () => null, recordOf: () => null, promisedOn: () => new Map() }
const codes = (world: World, sight: Partial<MigrationSight> = {}, wishes: MigrationWishes = {}) => {
  const model = makeWorld(world)
  const [vm, host] = [model.vms.get(VM_ID), model.hosts.get(HOST_B)]
  if (vm === undefined || host === undefined) throw new Error('the world lacks them')
  const { cannot, warnings } = decideObstacles(model, { ...blind, ...sight }, vm, host, wishes)
  return [...cannot.map(({ code }) => code), ...warnings.map(({ code }) => `warning ${code}`)]
}
const disk = (source: string, more: object = {}) => ({ disks: [{ ...FILE_DISK, source, ...more }] }) as Partial<Vm>
const nic = (source: string) =>
  ({
    nics: [{ macAddress: '', model: null, type: 'network', source, hostDevice: null, linkUp: true, addresses: [] }],
  }) satisfies Partial<Vm>
const volume = disk('/dev/virtdeck-1/a.qcow2', { sourceType: 'block' })
const onLuns = (status: 'connected' | 'failed') => ({ ...shared(status), targetPath: '/dev/virtdeck-1' })
const shared = (status: 'connected' | 'failed') =>
  makeDomain({
    name: 'data',
    targetPath: '/data',
    connections: [{ hostId: HOST_B, status, error: null, since: 0, mounted: null }],
  })

describe('what stands between a machine and a host', () => {
  test.each<[string, World, string[]]>([
    ['nothing', {}, []],
    ['the host is connecting', { there: { status: 'connecting' } }, ['migration.host-not-up']],
    [
      'the host is out of use',
      { there: { status: 'maintenance', maintenance: { since: 0, user: 'kim', reason: '' } } },
      ['host.in-maintenance'],
    ],
    ['another cluster', { there: { clusterId: OTHER_CLUSTER } }, ['migration.other-cluster']],
    ['another architecture', { there: { facts: makeFacts({ architecture: 'aarch64' }) } }, ['migration.architecture']],
    [
      'a host without KVM for a machine that has it',
      { vm: { domainType: 'kvm' }, there: { facts: makeFacts({ domainTypes: ['qemu'] }) } },
      ['migration.machine-type'],
    ],
    [
      'its memory, beside what runs there',
      { others: [makeVm({ id: 'o' as VmId, name: 'o', hostId: HOST_B, memoryKiB: 600 * MIB })] },
      ['migration.memory'],
    ],
    [
      'not what is down there',
      { others: [makeVm({ id: 'o' as VmId, name: 'o', hostId: HOST_B, memoryKiB: 600 * MIB, status: 'down' })] },
      [],
    ],
    [
      'a CPU short of the cluster’s level',
      {
        cluster: {
          cpu: {
            ...inventCluster(1).cpu,
            shortOf: [{ hostId: HOST_B, hostName: 'b', reason: 'lacks', missing: ['avx2'] }],
          },
        },
      },
      ['migration.cpu'],
    ],
    ['a disk that only its host has', { vm: disk('/var/tmp/a.qcow2') }, ['migration.local-disk']],
    ['not a medium: the host is asked for it', { vm: disk('/iso/a.iso', { device: 'cdrom' }) }, []],
    ['not a disk of a shared domain', { vm: disk('/data/a.qcow2'), domains: [shared('connected')] }, []],
    [
      'a domain that is not connected there',
      { vm: disk('/data/a.qcow2'), domains: [shared('failed')] },
      ['migration.storage-not-connected'],
    ],
    ['not a volume on LUNs that it sees', { vm: volume, domains: [onLuns('connected')] }, []],
    [
      'not a whole LUN: the host is asked for it',
      { vm: disk('/dev/disk/by-id/scsi-3600', { sourceType: 'block' }) },
      [],
    ],
    ['LUNs that it does not see', { vm: volume, domains: [onLuns('failed')] }, ['migration.storage-not-connected']],
    [
      'another machine of its name',
      { others: [makeVm({ id: 'o' as VmId, hostId: HOST_B, memoryKiB: 1, status: 'down' })] },
      ['migration.taken'],
    ],
    [
      'an older QEMU, which may do',
      { there: { facts: makeFacts({ hypervisorVersion: '1.0.0' }) } },
      ['warning migration.older-version'],
    ],
    [
      'the CPU of its host, passed through',
      { vm: { cpuMode: 'host-passthrough' }, there: { facts: makeFacts({ cpuModel: 'another' }) } },
      ['warning migration.cpu-passed-through'],
    ],
  ])('%s', (_what, world, expected) => {
    expect(codes(world)).toEqual(expected)
  })

  test('another cluster of its datacenter takes it where that is wished, another datacenter never does', () => {
    const far = { there: { clusterId: OTHER_CLUSTER } }
    expect(codes(far, {}, { otherClusters: true })).toEqual(['warning migration.to-other-cluster'])
    expect(codes({ ...far, elsewhere: true }, {}, { otherClusters: true })).toEqual(['migration.other-datacenter'])
    expect(codes({ ...far, elsewhere: true })).toEqual(['migration.other-datacenter'])
  })

  test('files of its host are copied along where that is wished, of one that is down too; its devices are not', () => {
    const wished = { copyDisks: true }
    expect(codes({ vm: disk('/var/tmp/a.qcow2') }, {}, wished)).toEqual(['warning migration.disk-copied'])
    const other = makeVm({ id: 'o' as VmId, name: 'o', hostId: HOST_A, status: 'down', ...disk('/var/tmp/a.qcow2') })
    expect(codes({ vm: disk('/var/tmp/a.qcow2'), others: [other] }, {}, wished)).toEqual(['migration.disk-not-copied'])
    expect(codes({ vm: disk('/dev/sdb', { sourceType: 'block' }) }, {}, wished)).toEqual(['migration.local-disk'])
    const down = { status: 'down', ...disk('/var/tmp/a.qcow2') } as const
    expect(codes({ vm: down }, {}, wished)).toEqual(['warning migration.disk-copied'])
    expect(codes({ vm: down })).toEqual(['migration.local-disk'])
  })

  test('what only the hosts tell: networks, devices, another name under its ID', () => {
    expect(codes({ vm: nic('lan') }, { networksOf: () => list('wan', true) })).toEqual(['migration.network-missing'])
    expect(codes({ vm: nic('lan') }, { networksOf: () => list('lan', false) })).toEqual(['migration.network-down'])
    expect(codes({ vm: nic('lan') }, { networksOf: () => list('lan', true) })).toEqual([])
    const otherDevices = [{ kind: 'hostdev', model: 'pci' }]
    const definition = { ...emptyDefinition('web', VM_ID), otherDevices }
    const recordOf = (hostId: HostId) => (hostId === HOST_A ? makeRecord({ definition }) : null)
    expect(codes({}, { recordOf })).toEqual(['migration.device-of-host'])
    expect(codes({}, { recordOf: (hostId) => (hostId === HOST_B ? makeRecord({ name: 'else' }) : null) })).toEqual([
      'migration.taken',
    ])
  })
})

describe('verdicts', () => {
  const second = makeVm({ id: 'second' as VmId, name: 'second', memoryKiB: 600 * MIB })

  test('two that fit each, and not together', () => {
    const model = makeWorld({ others: [second] })
    const vms = [...model.vms.values()]
    const [verdict] = decideVerdicts(model, blind, vms, [makeHost({ ...model.hosts.get(HOST_B) })])
    expect(verdict).toMatchObject({
      verdict: 'cannot',
      reasons: [{ code: 'migration.memory' }],
      // 256 MiB are the host's own.
      freeMemoryMiB: -344,
    })
  })

  test('the best host is the one that fits with the most memory left; none where none fits', () => {
    const model = makeWorld()
    const verdicts = decideVerdicts(model, blind, [...model.vms.values()], [...model.hosts.values()])
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['cannot', 'fits'])
    expect(decideTarget(verdicts)?.hostId).toBe(HOST_B)
    expect(decideTarget(verdicts.slice(0, 1))).toBeNull()
    const roomier: MigrationVerdict = {
      hostId: HOST_A,
      hostName: 'c',
      verdict: 'fits',
      reasons: [],
      freeMemoryMiB: 9_999,
    }
    expect(decideTarget([...verdicts, roomier])?.hostName).toBe('c')
    expect(decideTarget([...verdicts, { ...roomier, verdict: 'warning' }])?.hostName).toBe('b')
  })

  test('one that cannot move at all can go nowhere', () => {
    const model = makeWorld({ vm: { status: 'suspended' } })
    expect(decideMovable(model, VM_ID)?.code).toBe('vm.wrong-status')
    expect(decideMovable(makeWorld({ vm: { status: 'down', persistent: false } }), VM_ID)?.code).toBe('vm.transient')
    const verdicts = decideVerdicts(model, blind, [...model.vms.values()], [...model.hosts.values()])
    expect(verdicts.every(({ verdict }) => verdict === 'cannot')).toBe(true)
    expect(decideMovable(makeWorld({ vm: { status: 'unknown' } }), VM_ID)?.code).toBe('vm.status-unknown')
    expect(decideMovable(makeWorld(), 'none' as VmId)?.code).toBe('vm.not-found')
  })

  test('of one that is down only what its definition needs stands in the way; what running needs is a warning, and no memory is counted', () => {
    const far = {
      vm: { status: 'down' },
      there: { facts: makeFacts({ memoryKiB: 1 * MIB, architecture: 'aarch64' }) },
    } as const
    expect(codes(far)).toEqual(['warning migration.architecture', 'warning migration.memory'])
    expect(codes({ vm: { status: 'down', ...nic('lan') } }, { networksOf: () => list('wan', true) })).toEqual([
      'warning migration.network-missing',
    ])
    expect(codes({ vm: { status: 'down', ...disk('/var/tmp/a.qcow2') } })).toEqual(['migration.local-disk'])
    expect(codes({ vm: { status: 'down' }, there: { clusterId: OTHER_CLUSTER } })).toEqual(['migration.other-cluster'])
    const model = makeWorld({ vm: { status: 'down' } })
    const [verdict] = decideVerdicts(model, blind, [...model.vms.values()], [makeHost({ ...model.hosts.get(HOST_B) })])
    expect(verdict).toMatchObject({ verdict: 'fits', freeMemoryMiB: 768 })
  })

  test('memory is what overcommit allows, less what runs; of a host that was never heard nobody knows', () => {
    const model = makeWorld()
    const host = makeHost({ id: HOST_A, facts: makeFacts({ memoryKiB: 1_024 * MIB }) })
    expect(freeMemoryMiB(model, blind, host)).toBe(256)
    expect(freeMemoryMiB(model, blind, host, VM_ID)).toBe(768)
    const coming = { promisedOn: () => new Map([['coming' as VmId, 56 * MIB]]) }
    expect(freeMemoryMiB(model, coming, host)).toBe(200)
    expect(freeMemoryMiB(model, blind, makeHost({ id: HOST_A, facts: null }))).toBeNull()
  })
})
