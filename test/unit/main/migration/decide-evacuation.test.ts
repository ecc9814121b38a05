import { describe, expect, test } from 'vitest'
import { EntityTable, type ModelSnapshot } from '../../../../src/main/engine/index.ts'
import { decideEvacuation } from '../../../../src/main/migration/decide-evacuation.ts'
import type { Host, HostId, Vm, VmId } from '../../../../src/shared/domain/index.ts'
import { inventCluster } from '../../renderer/invented.ts'
import { makeFacts } from '../host/make-facts.ts'
import { makeHost } from '../host/make-host.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeVm } from '../vm/make-model.ts'

const MIB = 1_024
const HOST_C = '33333333-3333-4333-8333-00000000000c' as HostId
const blind = { networksOf: () => null, recordOf: () => null, promisedOn: () => new Map<VmId, number>() }
const vm = (name: string, memoryMiB: number, changes: Partial<Vm> = {}) =>
  makeVm({ id: name as VmId, name, memoryKiB: memoryMiB * MIB, ...changes })
const host = (id: HostId, name: string, memoryMiB: number, changes: Partial<Host> = {}) =>
  [
    id,
    makeHost({ id, name, clusterId: CLUSTER, facts: makeFacts({ memoryKiB: memoryMiB * MIB }), ...changes }),
  ] as const

function makeWorld(vms: readonly Vm[], ...others: readonly (readonly [HostId, Host])[]): ModelSnapshot {
  const own = inventCluster(1, { id: CLUSTER })
  return {
    ...makeModel(...vms),
    clusters: new EntityTable([[CLUSTER, { ...own, settings: { ...own.settings, memoryOvercommitPercent: 100 } }]]),
    hosts: new EntityTable([host(HOST_A, 'a', 4_096), ...others]),
  }
}
const evacuate = (model: ModelSnapshot) =>
  decideEvacuation(model, blind, HOST_A).map(({ vm: { name }, destinationId, obstacle }) => [
    name,
    destinationId === null ? obstacle?.code : model.hosts.get(destinationId)?.name,
  ])

describe('a host that is emptied', () => {
  test.each<[string, readonly Vm[], readonly (readonly [HostId, Host])[], unknown]>([
    ['has nothing that runs', [vm('down', 100, { status: 'down' })], [host(HOST_B, 'b', 1_024)], []],
    [
      'sends the largest first, each where most is left',
      [vm('small', 100), vm('large', 600), vm('middle', 300)],
      [host(HOST_B, 'b', 1_000), host(HOST_C, 'c', 900)],
      [
        ['large', 'b'],
        ['middle', 'c'],
        ['small', 'c'],
      ],
    ],
    [
      'has more than fits elsewhere: each by itself would',
      [vm('one', 600), vm('two', 600)],
      [host(HOST_B, 'b', 1_000)],
      [
        ['one', 'b'],
        ['two', 'migration.memory'],
      ],
    ],
    ['is alone', [vm('stays', 100)], [], [['stays', 'migration.no-host']]],
    [
      'has only neighbours that are out of use',
      [vm('stays', 100)],
      [host(HOST_B, 'b', 1_000, { status: 'maintenance', maintenance: { since: 0, user: 'kim', reason: null } })],
      [['stays', 'host.in-maintenance']],
    ],
    [
      'has one that is at something else',
      [vm('saving', 100, { status: 'saving-state' }), vm('up', 50)],
      [host(HOST_B, 'b', 1_000)],
      [
        ['saving', 'vm.wrong-status'],
        ['up', 'b'],
      ],
    ],
    [
      'has one on a disk of its own',
      [
        vm('pinned', 100, {
          disks: [
            {
              target: 'vda',
              bus: 'virtio',
              device: 'disk',
              sourceType: 'file',
              format: 'qcow2',
              readOnly: false,
              source: '/var/lib/libvirt/images/a.qcow2',
            },
          ] as unknown as Vm['disks'],
        }),
      ],
      [host(HOST_B, 'b', 1_000)],
      [['pinned', 'migration.local-disk']],
    ],
  ])('%s', (_what, vms, others, expected) => {
    expect(evacuate(makeWorld(vms, ...others))).toEqual(expected)
  })

  test('that is not there has nobody', () => {
    expect(decideEvacuation(makeWorld([]), blind, HOST_C)).toEqual([])
  })
})
