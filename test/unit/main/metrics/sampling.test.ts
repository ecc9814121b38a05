import { expect, test } from 'vitest'
import { createTopicRegistry } from '../../../../src/main/engine/live-topics.ts'
import { silentLog } from '../../../../src/main/engine/log.ts'
import type { HostReading } from '../../../../src/main/metrics/host-sampler.ts'
import { startMetrics } from '../../../../src/main/metrics/index.ts'
import { Sampling } from '../../../../src/main/metrics/sampling.ts'
import { LiveDetails } from '../../../../src/main/vm/live-details.ts'
import { hostIdSchema } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock, settle } from '../engine/manual-clock.ts'
import { type Answers, FakeConnection, FakeLink, makeHosts } from './fake-hosts.ts'

const hostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111')
const otherId = hostIdSchema.parse('22222222-2222-4222-8222-222222222222')
const VM = '4dea22b3-1d52-48f3-9516-782e98ab3fa0'

function domainStats(cpuNanoseconds: bigint) {
  return {
    dom: { name: 'web', uuid: VM, id: 1 },
    params: [{ field: 'cpu.time', type: 'ullong', value: cpuNanoseconds }],
  }
}

const hostAnswers: Answers = {
  NODE_GET_CPU_STATS: ({ nparams }: { nparams: number }) => ({
    nparams: 3,
    params: nparams === 0 ? [] : ['user', 'kernel', 'idle'].map((field) => ({ field, value: 1n })),
  }),
  NODE_GET_MEMORY_STATS: ({ nparams }: { nparams: number }) => ({
    nparams: 2,
    params: nparams === 0 ? [] : ['total', 'free'].map((field) => ({ field, value: 4n })),
  }),
}

const noMachines: Answers = { CONNECT_GET_ALL_DOMAIN_STATS: () => ({ retStats: [] }) }

function makeLink(id = hostId) {
  let cpu = 0n
  const allStats = () => {
    cpu += 1_000_000_000n
    return { retStats: [domainStats(cpu)] }
  }
  return new FakeLink(id, new FakeConnection({ ...hostAnswers, CONNECT_GET_ALL_DOMAIN_STATS: allStats }))
}

function watch(link: FakeLink) {
  const clock = new ManualClock()
  const sampling = new Sampling({ hosts: makeHosts(link).hosts, clock, log: silentLog })
  const readings: HostReading[] = []
  const stop = sampling.watch(hostId, (reading) => readings.push(reading))
  const cpu = () => [...(readings.at(-1)?.vms.values() ?? [])][0]?.sample.cpuPercent
  const advance = async (ms: number) => {
    clock.advance(ms)
    await settle()
  }
  return { clock, sampling, readings, stop, cpu, advance }
}

const timedOut = () => {
  throw new AppError('libvirt.call-timed-out', { procedure: 'NODE_GET_CPU_STATS', timeoutMs: 1 })
}

test('a host is read again after a second, then every five, until nobody looks', async () => {
  const { readings, stop, cpu, advance, clock } = watch(makeLink())
  await settle()
  expect([readings.length, cpu()]).toEqual([1, null])
  await advance(1_000)
  expect([readings.length, cpu()]).toEqual([2, 100])
  await advance(4_999)
  expect(readings.length).toBe(2)
  await advance(1)
  expect([readings.length, cpu()]).toEqual([3, 20])
  stop()
  expect(clock.timerCount).toBe(0)
})

test('no rate is made across a time in which the host was away', async () => {
  const link = makeLink()
  const { readings, stop, cpu, advance } = watch(link)
  await settle()
  link.isLive = false
  await advance(1_000)
  expect(readings.length).toBe(1)
  link.isLive = true
  await advance(5_000)
  expect([readings.length, cpu()]).toEqual([2, null])
  await advance(5_000)
  expect([readings.length, cpu()]).toEqual([3, 20])
  stop()
})

test('a time-out of the first question does not cost the host its counters', async () => {
  const link = makeLink()
  const answers = link.connection.answers
  link.connection.answers = { ...answers, NODE_GET_CPU_STATS: timedOut }
  const { readings, stop, advance } = watch(link)
  await settle()
  expect(readings.length).toBe(0)
  link.connection.answers = answers
  await advance(1_000)
  expect(readings.at(-1)?.host).toMatchObject({ memoryTotalKiB: 4 })
  stop()
})

test('a driver without counters of the host is asked for them once, and its machines are read all the same', async () => {
  const link = makeLink()
  const refused = () => {
    const params = { procedure: 'NODE_GET_CPU_STATS', libvirtCode: 3, libvirtDomain: 0, message: '', level: 2 }
    throw new AppError('libvirt.call-failed', params)
  }
  link.connection.answers = { ...link.connection.answers, NODE_GET_CPU_STATS: refused }
  const { readings, stop, advance } = watch(link)
  await settle()
  await advance(1_000)
  expect(readings.map(({ host, vms }) => [host, vms.size])).toEqual([
    [null, 1],
    [null, 1],
  ])
  expect(link.connection.asked.filter((name) => name === 'NODE_GET_CPU_STATS')).toHaveLength(1)
  stop()
})

test('whoever comes later gets the latest reading at once, but not that of a host that is away', async () => {
  const link = makeLink()
  const { sampling, stop } = watch(link)
  await settle()
  const later: HostReading[] = []
  sampling.watch(hostId, (reading) => later.push(reading))()
  expect(later).toHaveLength(1)
  link.isLive = false
  sampling.watch(hostId, (reading) => later.push(reading))()
  expect(later).toHaveLength(1)
  stop()
})

test('a listener that throws costs nobody else a reading', async () => {
  const link = makeLink()
  const { sampling, stop, advance } = watch(link)
  await settle()
  let armed = false
  const stopBad = sampling.watch(hostId, () => {
    if (armed) throw new Error('a bug')
  })
  armed = true
  const later: HostReading[] = []
  sampling.watch(hostId, (reading) => later.push(reading))
  await advance(1_000)
  await advance(5_000)
  expect(later.length).toBeGreaterThan(1)
  stopBad()
  stop()
})

test('loads follow a machine from host to host and go with the last one that had it', async () => {
  const [from, to] = [makeLink(hostId), makeLink(otherId)]
  const both = makeHosts(from, to)
  const clock = new ManualClock()
  const topics = createTopicRegistry({ epoch: 'e', clock, log: silentLog })
  startMetrics({ hosts: both.hosts, topics, details: new LiveDetails(() => undefined), clock, log: silentLog })
  const present = new Set<string>()
  const subscription = topics.subscribe({ topic: 'vm.load' }, (frame) => {
    if (frame.t === 'snapshot') for (const { id } of frame.entities) present.add(id)
    if (frame.t !== 'patch') return
    for (const { id } of frame.upsert) present.add(id)
    for (const id of frame.remove) present.delete(id)
  })
  const advance = async (ms: number) => {
    clock.advance(ms)
    await settle()
    topics.flush()
  }
  await settle()
  topics.flush()
  expect([...present]).toEqual([VM])
  from.connection.answers = { ...from.connection.answers, ...noMachines }
  to.isLive = false
  await advance(1_000)
  expect([...present]).toEqual([VM])
  both.emit({ kind: 'removed', hostId: otherId })
  topics.flush()
  expect([...present]).toEqual([])
  subscription.unsubscribe()
})
