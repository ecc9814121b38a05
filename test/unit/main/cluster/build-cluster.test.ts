import { describe, expect, test } from 'vitest'
import { buildCluster, type ClusterParts } from '../../../../src/main/cluster/build-cluster.ts'
import { buildClusterCpu } from '../../../../src/main/cluster/cpu/decide-cluster-cpu.ts'
import { HostUses, SHOW_USE_MS } from '../../../../src/main/cluster/host-use.ts'
import { VmTallies } from '../../../../src/main/cluster/vm-tallies.ts'
import {
  type ClusterId,
  type DatacenterId,
  defaultClusterSettings,
  type Host,
  type HostId,
  PROBLEMS_SHOWN,
} from '../../../../src/shared/domain/index.ts'
import { AppError, toWireError } from '../../../../src/shared/errors/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { makeFacts } from '../host/make-facts.ts'

const CLUSTER = 'c' as ClusterId
const macRange = { from: '56:6f:00:01:00:00', to: '56:6f:00:01:00:ff' }
const host = (id: string, status: Host['status'], changes: object = {}): Host =>
  ({
    id,
    name: id,
    status,
    statusError: null,
    facts: makeFacts({ cpus: 4, memoryKiB: 1_000 }),
    problems: [],
    ...changes,
  }) as unknown as Host
const build = (changes: Partial<ClusterParts> = {}) =>
  buildCluster({
    definition: {
      id: CLUSTER,
      datacenterId: 'd' as DatacenterId,
      name: 'blue',
      revision: 1,
      settings: { ...defaultClusterSettings, macRange },
    },
    hosts: [],
    tally: new VmTallies().of(CLUSTER),
    cpu: buildClusterCpu(null, null, []),
    uses: new Map(),
    ownProblems: [],
    usedMacAddresses: 0,
    ...changes,
  })
const problem = (severity: 'warning' | 'error') => ({
  severity,
  error: toWireError(new AppError('host.memory-too-small', { memoryMiB: 1, minimumMiB: 2 })),
})

describe('what a cluster shows of its hosts', () => {
  test('is the capacity of those that are up, and the load of those that have told, each by its CPUs', () => {
    const hosts = [
      host('a', 'up'),
      host('b', 'up', { facts: makeFacts({ cpus: 12, memoryKiB: 3_000 }) }),
      host('silent', 'up'),
      host('away', 'non-responsive'),
    ]
    const uses = new Map([
      ['a', { cpuPercent: 100, memoryUsedKiB: 500 }],
      ['b', { cpuPercent: 20, memoryUsedKiB: 100 }],
      ['away', { cpuPercent: 90, memoryUsedKiB: 900 }],
    ]) as unknown as ClusterParts['uses']
    const { capacity, population } = build({ hosts, uses })
    expect(capacity).toMatchObject({ cpus: 20, memoryKiB: 5_000, cpuUsedPercent: 40, memoryUsedKiB: 600 })
    expect(population).toMatchObject({ hostCount: 4, hostsByStatus: { up: 3, 'non-responsive': 1 } })
    expect(build({ hosts }).capacity).toMatchObject({ cpuUsedPercent: null, memoryUsedKiB: null })
  })

  test('is a CPU level as old as the oldest that a host told which is away', () => {
    const level = { model: 'EPYC', vendor: null, required: [], disabled: [] }
    const ageOf = (hosts: readonly Host[], found: typeof level | null = level) =>
      build({ hosts, cpu: buildClusterCpu(null, found, []) }).cpu.asOf
    const here = host('here', 'up', { stale: false, asOf: 1 })
    const away = host('away', 'non-responsive', { stale: true, asOf: 5 })
    expect(ageOf([here])).toBeNull()
    expect(ageOf([here, away, host('longer', 'connecting', { stale: true, asOf: 3 })])).toBe(3)
    expect(ageOf([here, host('never', 'connecting', { stale: true, asOf: null, facts: null })])).toBeNull()
    expect(ageOf([away], null)).toBeNull()
  })

  test('has the architecture that all of them have', () => {
    const arm = host('arm', 'up', { facts: makeFacts({ architecture: 'aarch64' }) })
    expect(build({ hosts: [host('a', 'up'), host('new', 'connecting', { facts: null })] }).architecture).toBe('x86_64')
    expect(build({ hosts: [host('a', 'up'), arm] }).architecture).toBeNull()
    expect(build().architecture).toBeNull()
  })

  test('lists problems worst first, its own before those of hosts, and no more than anybody reads', () => {
    const hosts = [
      host('b', 'up', { problems: [problem('warning')] }),
      host('a', 'non-operational', { statusError: problem('error').error, problems: [problem('warning')] }),
    ]
    const { problems, problemCount } = build({ hosts, ownProblems: [problem('warning')] })
    expect(problems.map(({ severity, subject }) => [severity, subject.name])).toEqual([
      ['error', 'a'],
      ['warning', 'blue'],
      ['warning', 'a'],
      ['warning', 'b'],
    ])
    expect(problemCount).toBe(4)
    const many = build({ ownProblems: Array.from({ length: PROBLEMS_SHOWN + 1 }, () => problem('warning')) })
    expect([many.problems.length, many.problemCount]).toEqual([PROBLEMS_SHOWN, PROBLEMS_SHOWN + 1])
  })
})

test('the load of many hosts makes their cluster anew once in a while', () => {
  const clock = new ManualClock()
  const shown: ClusterId[] = []
  const hostUses = new HostUses(clock, (clusterId) => shown.push(clusterId))
  for (let round = 0; round < 100; round += 1) {
    hostUses.learn(`h${round}` as HostId, CLUSTER, { cpuPercent: round, memoryUsedKiB: null })
  }
  expect(shown).toEqual([])
  clock.advance(SHOW_USE_MS)
  expect(shown).toEqual([CLUSTER])
  expect(hostUses.uses.size).toBe(100)
  hostUses.learn('h1' as HostId, CLUSTER, { cpuPercent: 1, memoryUsedKiB: null })
  hostUses.forget('h1' as HostId)
  hostUses.stop()
  clock.advance(SHOW_USE_MS)
  expect([shown.length, hostUses.uses.has('h1' as HostId)]).toEqual([1, false])
})
