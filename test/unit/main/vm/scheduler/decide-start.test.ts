import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import type { SchedulingPolicy } from '../../../../../src/main/vm/scheduler/decide-host.ts'
import { decideStart } from '../../../../../src/main/vm/scheduler/decide-start.ts'
import {
  defaultClusterSettings,
  type Host,
  type HostId,
  type StorageConnection,
  type StorageDomainId,
  type Vm,
  type VmId,
} from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { inventStorageDomain } from '../../../renderer/invented-storage.ts'
import { makeFacts } from '../../host/make-facts.ts'
import { makeHost } from '../../host/make-host.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeVm } from '../make-model.ts'

const GIB_KIB = 1024 * 1024
const policy: SchedulingPolicy = { abilitiesOf: () => null, promisedOn: () => new Map() }
const facts = makeFacts({ memoryKiB: 4 * GIB_KIB, cpus: 4 })
const resting = { maintenance: { since: 1, user: 'kim', reason: null } } satisfies Partial<Host>
const disk = (source: string, sourceType = 'file') =>
  ({
    disks: [{ target: 'vda', bus: 'virtio', device: 'disk', sourceType, source, format: 'qcow2', readOnly: false }],
  }) satisfies Partial<Vm>

interface World {
  readonly vm?: Partial<Vm>
  readonly a?: Partial<Host>
  readonly b?: Partial<Host>
  readonly others?: readonly Vm[]
  readonly storageOnA?: StorageConnection['status']
}

/** A machine that is down on A, with a disk on storage that both reach; B has as much memory. */
function world({ vm = {}, a = {}, b = {}, others = [], storageOnA = 'connected' }: World = {}) {
  const own = makeVm({ status: 'down', memoryKiB: GIB_KIB, firmware: 'bios', ...disk('/data/x.qcow2'), ...vm })
  const settings = { ...inventCluster(1).settings, ...defaultClusterSettings, memoryOvercommitPercent: 100 as const }
  const connection = { error: null, since: 0, mounted: null }
  return {
    vm: own,
    model: {
      ...makeModel(own, ...others),
      clusters: new EntityTable([[CLUSTER, inventCluster(1, { id: CLUSTER, name: 'Default', settings })]]),
      hosts: new EntityTable([
        [HOST_A, makeHost({ id: HOST_A, name: 'a', clusterId: CLUSTER, facts, ...a })],
        [HOST_B, makeHost({ id: HOST_B, name: 'b', clusterId: CLUSTER, facts, ...b })],
      ]),
      storageDomains: new EntityTable(
        [
          inventStorageDomain(1, {
            id: 'eeeeeeee-0000-4000-8000-000000000005' as StorageDomainId,
            targetPath: '/data',
            connections: [
              { ...connection, hostId: HOST_A, status: storageOnA },
              { ...connection, hostId: HOST_B, status: 'connected' },
            ],
          }),
        ].map((domain) => [domain.id, domain]),
      ),
    },
  }
}

/** The host that it is started on, or why it is not. */
function placeIn(parts: World, named?: HostId): string {
  const { model, vm } = world(parts)
  const place = decideStart(model, vm, named, policy)
  if (place instanceof AppError) return place.code
  expect(place.movesFrom).toBe(place.hostId === HOST_A ? null : HOST_A)
  return place.hostId === HOST_A ? 'a' : 'b'
}

const full = [makeVm({ id: 'cccccccc-0000-4000-8000-0000000000ff' as VmId, name: 'o', memoryKiB: 3 * GIB_KIB })]

describe('where a machine is started', () => {
  test.each<[string, World, string]>([
    ['all is well', {}, 'a'],
    ['its host is in maintenance', { a: resting }, 'b'],
    ['its host is full', { others: full }, 'b'],
    ['its host has lost the storage', { storageOnA: 'failed' }, 'b'],
    ['its host is still connecting the storage', { storageOnA: 'connecting' }, 'a'],
    ['its host was only just reached', { a: { status: 'initializing' } }, 'a'],
    [
      'the other one has more memory, and its own has enough',
      { others: [{ ...full[0], memoryKiB: GIB_KIB } as Vm] },
      'a',
    ],
    ['neither may', { a: resting, b: resting }, 'vm.no-host'],
    ['it wants more than any has', { vm: { memoryKiB: 64 * GIB_KIB } }, 'vm.no-host'],
    ['it is no longer down', { vm: { status: 'up' } }, 'vm.wrong-status'],
    ['nobody knows what it is', { vm: { status: 'unknown' } }, 'vm.status-unknown'],
    // what would stay behind
    [
      'its state is saved there',
      { vm: { status: 'suspended', hasManagedSave: true }, a: resting },
      'host.in-maintenance',
    ],
    ['its firmware has variables, which go along', { vm: { firmware: 'uefi' }, a: resting }, 'b'],
    ['its kernel is a file there', { vm: { firmware: 'none' }, a: resting }, 'host.in-maintenance'],
    ['its disk lies there', { vm: disk('/var/x.qcow2'), a: resting }, 'host.in-maintenance'],
    ['its disk is a device there', { vm: disk('/dev/sdb', 'block'), a: resting }, 'host.in-maintenance'],
    ['its disk is on the network', { vm: disk('rbd:x', 'network'), a: resting }, 'b'],
    ['its drive is empty', { vm: { disks: [] }, a: resting }, 'b'],
  ])('when %s', (_when, parts, place) => {
    expect(placeIn(parts)).toBe(place)
  })

  test('a host that is named is the one, or none is', () => {
    expect(placeIn({}, HOST_B)).toBe('b')
    expect(placeIn({ b: resting }, HOST_B)).toBe('host.in-maintenance')
    expect(placeIn({ a: resting }, HOST_A)).toBe('host.in-maintenance')
    expect(placeIn({ vm: { status: 'suspended' } }, HOST_B)).toBe('vm.wrong-status')
    expect(placeIn({ vm: { persistent: false } }, HOST_B)).toBe('vm.transient')
  })

  test('whatever its hosts are like, it goes away only where it cannot stay, and nowhere that cannot take it', () => {
    const host = fc.record({ rests: fc.boolean(), usedGiB: fc.integer({ min: 0, max: 4 }) })
    fc.assert(
      fc.property(host, host, fc.boolean(), (a, b, isTied) => {
        const used = (hostId: HostId, at: number, usedGiB: number) =>
          makeVm({ id: `cccccccc-0000-4000-8000-00000000000${at}` as VmId, hostId, memoryKiB: usedGiB * GIB_KIB })
        const place = placeIn({
          vm: isTied ? { firmware: 'none' } : {},
          a: a.rests ? resting : {},
          b: b.rests ? resting : {},
          others: [used(HOST_A, 7, a.usedGiB), used(HOST_B, 8, b.usedGiB)],
        })
        const takes = ({ rests, usedGiB }: typeof a) => !rests && 4 - 0.25 - usedGiB >= 1
        if (takes(a)) expect(place).toBe('a')
        else if (takes(b) && !isTied) expect(place).toBe('b')
        else expect(place).toMatch(/^(vm\.no-host|vm\.host-memory-short|host\.in-maintenance)$/)
      }),
    )
  })
})
