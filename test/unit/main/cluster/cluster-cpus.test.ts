import { expect, onTestFinished, test } from 'vitest'
import { AGAIN_MS, ClusterCpus, SETTLE_MS } from '../../../../src/main/cluster/cpu/cluster-cpus.ts'
import type { ToldCpu } from '../../../../src/main/cluster/cpu/cpu-memory.ts'
import { silentLog } from '../../../../src/main/engine/index.ts'
import type { HostChange, HostRegistry } from '../../../../src/main/hosts/index.ts'
import type { CpuDescription } from '../../../../src/main/xml/index.ts'
import {
  type ClusterId,
  defaultClusterSettings,
  type HostFacts,
  type HostId,
} from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock } from '../engine/manual-clock.ts'
import { makeDefinition } from '../host/make-definition.ts'
import { makeFacts } from '../host/make-facts.ts'

const [BLUE, RED] = ['blue', 'red'] as unknown as readonly [ClusterId, ClusterId]
const HOST = 'h' as HostId
const CAPABILITIES = `<domainCapabilities><cpu><mode name='host-model' supported='yes'><model>EPYC</model></mode></cpu></domainCapabilities>`

/** Lets what waits for promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A host whose daemon is asked by the test's own answers, in two clusters. */
function start(
  cpuModel: string | null,
  told = new Map<HostId, ToldCpu>(),
  levels = new Map<ClusterId, CpuDescription>(),
) {
  const clock = new ManualClock()
  const asked: string[] = []
  const refused = new Set<string>()
  const link = {
    id: HOST,
    isLive: true,
    definition: makeDefinition({ id: HOST, clusterId: BLUE }),
    facts: makeFacts() as HostFacts | null,
    get state() {
      return { facts: link.facts, definition: link.definition }
    },
    control: () => ({
      call: async (procedure: string) => {
        asked.push(procedure)
        if (refused.has(procedure)) throw new AppError('libvirt.connection-closed', { reason: 'lost' })
        if (procedure === 'CONNECT_GET_DOMAIN_CAPABILITIES') return { capabilities: CAPABILITIES }
        if (procedure === 'CONNECT_GET_CPU_MODEL_NAMES') return { models: ['EPYC', 'qemu64'] }
        if (procedure === 'CONNECT_COMPARE_HYPERVISOR_CPU') return { result: 2 }
        return { cpu: '<cpu><model>EPYC</model></cpu>' }
      },
    }),
  }
  let tell: (change: HostChange) => void = () => undefined
  const registry = {
    find: () => link,
    list: () => [link],
    onChange: (listener: typeof tell) => {
      tell = listener
      return () => undefined
    },
  } as unknown as HostRegistry
  const macRange = { from: '56:6f:00:00:00:00', to: '56:6f:00:00:ff:ff' }
  const record = (id: ClusterId) =>
    ({ id, name: id, settings: { ...defaultClusterSettings, cpuModel, macRange } }) as never
  const records = new Map([BLUE, RED].map((id) => [id, record(id)]))
  const found: ClusterId[] = []
  const cpus = new ClusterCpus({
    registry,
    store: { records },
    clock,
    log: silentLog,
    memory: {
      fetchHosts: async () => told,
      saveHost: async (id, cpu) => void told.set(id, cpu),
      fetchLevels: async () => levels,
      saveLevel: async (id, level) => void levels.set(id, level),
    },
    onChange: (id) => found.push(id),
  })
  onTestFinished(() => cpus.stop())
  const pass = async (ms: number) => {
    clock.advance(ms)
    for (let turn = 0; turn < 5; turn += 1) await settle()
  }
  return { cpus, link, asked, refused, found, pass, tell: () => tell({ kind: 'state', hostId: HOST }) }
}

test('a host is asked once, and again only when it comes back as another one', async () => {
  const { cpus, link, asked, pass, tell } = start(null)
  for (let event = 0; event < 10; event += 1) tell()
  await pass(SETTLE_MS)
  expect(cpus.cpuOf(BLUE)).toMatchObject({ model: 'EPYC', knownModels: ['EPYC', 'qemu64'] })
  const once = asked.length
  expect(once).toBe(3)

  link.facts = makeFacts()
  tell()
  await pass(SETTLE_MS)
  // The baseline alone: what the host has is known.
  expect(asked.slice(once)).toEqual(['CONNECT_BASELINE_HYPERVISOR_CPU'])

  link.facts = makeFacts({ libvirtVersion: '99.0.0' })
  tell()
  await pass(SETTLE_MS)
  expect(asked.filter((procedure) => procedure === 'CONNECT_GET_DOMAIN_CAPABILITIES')).toHaveLength(2)
})

test('a host that does not answer is asked again after a while', async () => {
  const { cpus, asked, refused, pass, tell } = start('qemu64')
  refused.add('CONNECT_COMPARE_HYPERVISOR_CPU')
  tell()
  await pass(SETTLE_MS)
  expect(cpus.obstacleOf(HOST)).toBeNull()
  const once = asked.length
  await pass(AGAIN_MS - 1)
  expect(asked).toHaveLength(once)
  refused.clear()
  await pass(1)
  expect(asked.slice(once).at(-1)).toBe('CONNECT_COMPARE_HYPERVISOR_CPU')
})

test('a host that is moved while it is away leaves its cluster without a level, and brings what it told', async () => {
  const { cpus, link, found, pass, tell } = start(null)
  tell()
  await pass(SETTLE_MS)
  found.length = 0
  link.isLive = false
  link.definition = { ...link.definition, clusterId: RED }
  tell()
  await pass(SETTLE_MS)
  expect(found.sort()).toEqual([BLUE, RED])
  expect(cpus.cpuOf(BLUE)).toMatchObject({ model: null, knownModels: [] })
  expect(cpus.cpuOf(RED)).toMatchObject({ knownModels: ['EPYC', 'qemu64'] })
})

test('what was found before is there while the host is away, and the host is not asked again when it is the same', async () => {
  const told = new Map<HostId, ToldCpu>()
  const levels = new Map<ClusterId, CpuDescription>()
  const first = start(null, told, levels)
  first.tell()
  await first.pass(SETTLE_MS)
  expect([told.size, levels.size]).toEqual([1, 1])

  const { cpus, link, asked, pass, tell } = start(null, told, levels)
  link.isLive = false
  await cpus.recall()
  await pass(SETTLE_MS)
  expect(cpus.cpuOf(BLUE)).toMatchObject({ model: 'EPYC', knownModels: ['EPYC', 'qemu64'] })
  expect(asked).toEqual([])
  link.isLive = true
  tell()
  await pass(SETTLE_MS)
  expect(asked).toEqual(['CONNECT_BASELINE_HYPERVISOR_CPU'])
})
