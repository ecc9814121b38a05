import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EntityTable } from '../../../../../src/main/engine/index.ts'
import { decideHost, judgeHosts, type SchedulingPolicy } from '../../../../../src/main/vm/scheduler/decide-host.ts'
import type { HostAbilities } from '../../../../../src/main/vm/scheduler/host-abilities.ts'
import type { VmNeeds } from '../../../../../src/main/vm/scheduler/vm-needs.ts'
import {
  type ClusterId,
  defaultClusterSettings,
  type Host,
  type HostId,
  type StorageDomainId,
  type Vm,
  type VmId,
} from '../../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { inventCluster } from '../../../renderer/invented.ts'
import { inventStorageDomain } from '../../../renderer/invented-storage.ts'
import { makeFacts } from '../../host/make-facts.ts'
import { makeHost } from '../../host/make-host.ts'
import { CLUSTER, HOST_A, HOST_B, makeModel, makeVm, VM_ID } from '../make-model.ts'

const GIB_KIB = 1024 * 1024
const STORAGE = 'eeeeeeee-0000-4000-8000-000000000005' as StorageDomainId
const OTHER = 'cccccccc-0000-4000-8000-0000000000ff' as VmId
const needs: VmNeeds = {
  name: 'web',
  clusterId: CLUSTER,
  vmId: null,
  memoryKiB: GIB_KIB,
  vcpus: 2,
  architecture: 'x86_64',
  bridges: [],
  networks: [],
  storageDomainIds: [],
  pinnedTo: null,
}
const abilities: HostAbilities = {
  capabilities: {
    uuid: null,
    architecture: 'x86_64',
    cpuModel: null,
    cpuVendor: null,
    numaNodes: 1,
    guests: [],
  },
  domains: [],
  architectures: new Set(['x86_64']),
  bridges: new Set(['lan']),
  networks: new Set(['default']),
}
const policy: SchedulingPolicy = { abilitiesOf: () => abilities, promisedOn: () => new Map() }
const facts = makeFacts({ memoryKiB: 16 * GIB_KIB, cpus: 4 })

function world(change: Partial<Host>, vms: readonly Vm[] = [], overcommit: 100 | 150 | 200 = 100) {
  const settings = { ...inventCluster(1).settings, ...defaultClusterSettings, memoryOvercommitPercent: overcommit }
  return {
    ...makeModel(),
    vms: new EntityTable(vms.map((vm) => [vm.id, vm])),
    clusters: new EntityTable([[CLUSTER, inventCluster(1, { id: CLUSTER, name: 'Default', settings })]]),
    hosts: new EntityTable([
      [HOST_A, makeHost({ id: HOST_A, name: 'a', clusterId: CLUSTER, facts, ...change })],
      [HOST_B, makeHost({ id: HOST_B, name: 'b', clusterId: CLUSTER, facts, status: 'down' })],
    ]),
    storageDomains: new EntityTable([
      [
        STORAGE,
        inventStorageDomain(1, {
          id: STORAGE,
          name: 'data',
          connections: [
            { hostId: HOST_B, status: 'connected', error: null, since: 0, mounted: null },
            { hostId: HOST_A, status: 'failed', error: null, since: 0, mounted: null },
          ],
        }),
      ],
    ]),
  }
}
const onA = (changes: Partial<Vm>) => makeVm({ hostId: HOST_A, ...changes })
const codeOnA = (
  model: ReturnType<typeof world>,
  change: Partial<VmNeeds> = {},
  other: Partial<SchedulingPolicy> = {},
) =>
  judgeHosts(model, { ...needs, ...change }, { ...policy, ...other }).find(({ host }) => host.id === HOST_A)?.refusal
    ?.code ?? null

describe('where a machine can run', () => {
  test.each([
    ['it fits', {}, {}, null],
    ['it is in maintenance', { maintenance: { since: 1, user: 'kim', reason: null } }, {}, 'host.in-maintenance'],
    ['it cannot be asked', { status: 'non-responsive' }, {}, 'host.not-connected'],
    ['it is not connected yet', { status: 'connecting' }, {}, 'host.not-connected'],
    ['all its memory is wanted', {}, { memoryKiB: 16 * GIB_KIB }, 'vm.host-memory-short'],
    ['1 TiB is wanted of it', {}, { memoryKiB: 1024 * GIB_KIB }, 'vm.host-memory-short'],
    ['it has fewer CPUs', {}, { vcpus: 5 }, 'vm.host-cpus-short'],
    ['it is of another architecture', {}, { architecture: 'aarch64' }, 'vm.host-architecture'],
    ['it has the bridge', {}, { bridges: ['lan'] }, null],
    ['it lacks the bridge', {}, { bridges: ['lan', 'dmz'] }, 'vm.host-network-missing'],
    ['it lacks the network', {}, { networks: ['inner'] }, 'vm.host-network-missing'],
    ['it does not reach the storage', {}, { storageDomainIds: [STORAGE] }, 'vm.host-storage-missing'],
    ['nobody knows how much memory it has', { facts: null }, {}, null],
  ] as const)('a host when %s', (_when, host, change, code) => {
    expect(codeOnA(world(host as Partial<Host>), change as Partial<VmNeeds>)).toBe(code)
  })

  test('what a host has not told is no reason against it', () => {
    expect(codeOnA(world({}), { bridges: ['dmz'] }, { abilitiesOf: () => null })).toBeNull()
    const silent = { ...abilities, bridges: null, networks: null }
    expect(codeOnA(world({}), { bridges: ['dmz'], networks: ['x'] }, { abilitiesOf: () => silent })).toBeNull()
  })

  test.each([
    ['up', null, 'vm.host-memory-short'],
    ['paused', null, 'vm.host-memory-short'],
    ['powering-up', null, 'vm.host-memory-short'],
    ['unknown', 'up', 'vm.host-memory-short'],
    ['unknown', null, 'vm.host-memory-short'],
    ['unknown', 'down', null],
    ['down', null, null],
    ['suspended', null, null],
  ] as const)('the memory of one that is %s (last %s) counts as %s', (status, lastStatus, code) => {
    const vm = onA({ status, lastStatus, memoryKiB: 15 * GIB_KIB })
    expect(codeOnA(world({}, [vm]))).toBe(code)
    // Itself it does not stand in its own way.
    expect(codeOnA(world({}, [vm]), { vmId: vm.id })).toBeNull()
  })

  test('overcommit gives room, promises take it', () => {
    const vms = [onA({ status: 'up', memoryKiB: 15 * GIB_KIB })]
    expect(codeOnA(world({}, vms, 150))).toBeNull()
    // What is promised to one that is seen already counts once.
    const twice = new Map([[VM_ID, 15 * GIB_KIB]])
    expect(codeOnA(world({}, vms, 150), {}, { promisedOn: () => twice })).toBeNull()
    expect(codeOnA(world({}, vms, 150), {}, { promisedOn: () => new Map([[OTHER, 8 * GIB_KIB]]) })).toBe(
      'vm.host-memory-short',
    )
  })

  test('the one with the most memory left is taken, unless where it is will do', () => {
    const model = world({}, [onA({ status: 'up', memoryKiB: GIB_KIB })])
    model.hosts.set(HOST_B, makeHost({ id: HOST_B, name: 'b', clusterId: CLUSTER, facts }))
    expect(decideHost(model, needs, policy)).toMatchObject({ id: HOST_B })
    expect(decideHost(model, needs, policy, HOST_A)).toMatchObject({ id: HOST_A })
    expect(decideHost(model, { ...needs, pinnedTo: HOST_A }, policy)).toMatchObject({ id: HOST_A })
    expect(decideHost(model, { ...needs, storageDomainIds: [STORAGE] }, policy, HOST_A)).toMatchObject({ id: HOST_B })
  })

  test('a refusal names what each host lacks; of the only one it is that itself', () => {
    const model = world({})
    expect(decideHost(model, { ...needs, vcpus: 8 }, policy)).toMatchObject({
      code: 'vm.no-host',
      params: {
        name: 'web',
        clusterName: 'Default',
        refusals: [
          { name: 'a', error: { code: 'vm.host-cpus-short', params: { hostName: 'a', vcpus: 8, cpus: 4 } } },
          { name: 'b', error: { code: 'host.not-connected' } },
        ],
      },
    })
    expect(decideHost(model, { ...needs, vcpus: 8, pinnedTo: HOST_A }, policy)).toMatchObject({
      code: 'vm.host-cpus-short',
    })
    const nowhere = { ...needs, clusterId: 'ffffffff-0000-4000-8000-000000000006' as ClusterId }
    expect(decideHost(model, nowhere, policy)).toMatchObject({ code: 'cluster.not-found' })
    expect(decideHost(model, { ...needs, pinnedTo: STORAGE as string as HostId }, policy)).toMatchObject({
      code: 'host.not-found',
    })
  })

  test('whatever is there, a host that is chosen has the memory, and none has it where none is chosen', () => {
    const host = fc.record({ memoryGiB: fc.integer({ min: 1, max: 64 }), usedGiB: fc.integer({ min: 0, max: 64 }) })
    fc.assert(
      fc.property(
        fc.array(host, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 64 }),
        (hosts, wantedGiB) => {
          const model = world({})
          model.hosts.clear()
          const idOf = (at: number) => `aaaaaaaa-0000-4000-8000-00000000000${at}` as HostId
          hosts.forEach(({ memoryGiB, usedGiB }, at) => {
            const own = makeFacts({ memoryKiB: memoryGiB * GIB_KIB, cpus: 4 })
            model.hosts.set(idOf(at), makeHost({ id: idOf(at), name: `h${at}`, clusterId: CLUSTER, facts: own }))
            const id = `cccccccc-0000-4000-8000-00000000000${at}` as VmId
            model.vms.set(id, makeVm({ id, hostId: idOf(at), status: 'up', memoryKiB: usedGiB * GIB_KIB }))
          })
          const fits = ({ memoryGiB, usedGiB }: (typeof hosts)[number]) => memoryGiB - 0.25 - usedGiB >= wantedGiB
          const chosen = decideHost(model, { ...needs, memoryKiB: wantedGiB * GIB_KIB }, policy)
          if (chosen instanceof AppError) expect(hosts.some(fits)).toBe(false)
          else expect(hosts[Number(chosen.id.at(-1))]).toSatisfy(fits)
        },
      ),
    )
  })
})
