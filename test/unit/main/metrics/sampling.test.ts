import { expect, test } from 'vitest'
import { createTopicRegistry } from '../../../../src/main/engine/live-topics.ts'
import { silentLog } from '../../../../src/main/engine/ports.ts'
import type { HostReading } from '../../../../src/main/metrics/host-sampler.ts'
import { startMetrics } from '../../../../src/main/metrics/index.ts'
import { Sampling } from '../../../../src/main/metrics/sampling.ts'
import { LiveDetails } from '../../../../src/main/vm/live-details.ts'
import { type HostId, hostIdSchema, STATS_KEPT_MS, type VmId, vmIdSchema } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { ManualClock, settle, YEAR_2036 } from '../engine/manual-clock.ts'
import { type Answers, FakeConnection, FakeLink, makeHosts } from './fake-hosts.ts'

const hostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111')
const otherId = hostIdSchema.parse('22222222-2222-4222-8222-222222222222')
const VM = vmIdSchema.parse('4dea22b3-1d52-48f3-9516-782e98ab3fa0')

function domainStats(cpuNanoseconds: bigint) {
  return {
    dom: { name: 'web', uuid: VM, id: 1 },
    params: [
      { field: 'cpu.time', type: 'ullong', value: cpuNanoseconds },
      { field: 'balloon.current', type: 'ullong', value: 1_000n },
      { field: 'balloon.rss', type: 'ullong', value: 300n },
      { field: 'balloon.last-update', type: 'ullong', value: 50n },
    ],
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

function makeLink(id = hostId, definition: object = {}) {
  let cpu = 0n
  const allStats = () => {
    cpu += 1_000_000_000n
    return { retStats: [domainStats(cpu)] }
  }
  const link = new FakeLink(id, new FakeConnection({ ...hostAnswers, CONNECT_GET_ALL_DOMAIN_STATS: allStats }))
  link.domains.set(VM, { definition })
  return link
}

function sample(link: FakeLink) {
  const clock = new ManualClock()
  const { hosts, emit } = makeHosts(link)
  const sampling = new Sampling({ hosts, hostOf: () => hostId, onHostSample: () => undefined, clock, log: silentLog })
  const advance = async (ms: number) => {
    clock.advance(ms)
    await settle()
  }
  return { clock, sampling, advance, emit }
}

/** Somebody looks from the first moment on. */
async function watch(link: FakeLink) {
  const sampled = sample(link)
  const readings: HostReading[] = []
  const stop = sampled.sampling.watch(hostId, (reading) => readings.push(reading))
  await settle()
  const cpu = () => readings.at(-1)?.vms.get(VM)?.cpuPercent
  return { ...sampled, readings, stop, cpu }
}

const timedOut = () => {
  throw new AppError('libvirt.call-timed-out', { procedure: 'NODE_GET_CPU_STATS', timeoutMs: 1 })
}

test('a host is read at once when somebody looks, after a second, and then every five', async () => {
  const { readings, cpu, advance } = await watch(makeLink())
  expect([readings.length, cpu()]).toEqual([1, null])
  await advance(1_000)
  expect([readings.length, cpu()]).toEqual([2, 100])
  await advance(4_999)
  expect(readings.length).toBe(2)
  await advance(1)
  expect([readings.length, cpu()]).toEqual([3, 20])
})

test('a host is read every fifteen seconds while nobody looks, until the end', async () => {
  const link = makeLink()
  const { sampling, advance, clock } = sample(link)
  const samples = () => sampling.vmSamples(VM).length
  await advance(1_000)
  await advance(1_000)
  expect(samples()).toBe(2)
  await advance(14_999)
  expect(samples()).toBe(2)
  await advance(1)
  expect(samples()).toBe(3)
  expect(sampling.hostSamples(hostId)).toHaveLength(3)
  sampling.stop()
  expect(clock.timerCount).toBe(0)
})

test('whoever begins to look sees what is at most five seconds old, and then every five', async () => {
  const { sampling, advance } = sample(makeLink())
  for (const ms of [1_000, 1_000, 8_000]) await advance(ms)
  const readings: HostReading[] = []
  const stop = sampling.watch(hostId, (reading) => readings.push(reading))
  await settle()
  expect(readings.map(({ vms }) => vms.get(VM)?.cpuPercent)).toEqual([100, 12.5])
  await advance(5_000)
  expect(readings).toHaveLength(3)
  stop()
  await advance(5_000)
  expect(sampling.vmSamples(VM)).toHaveLength(4)
  await advance(10_000)
  expect(sampling.vmSamples(VM)).toHaveLength(5)
  sampling.stop()
})

test('rates, order and intervals do not care what the clock is set to', async () => {
  for (const set of ['back by 3 s', 'back by 600 s', 'to 2036']) {
    const { sampling, readings, stop, cpu, advance, clock } = await watch(makeLink())
    await advance(1_000)
    await advance(5_000)
    if (set === 'to 2036') clock.setTo(YEAR_2036)
    else clock.setBack(set === 'back by 3 s' ? 3_000 : 600_000)
    for (let reading = 0; reading < 3; reading++) {
      await advance(5_000)
      expect([set, cpu()]).toEqual([set, 20])
    }
    const seen = readings.slice(1).map(({ host }) => host?.elapsedMs ?? 0)
    expect(seen.map((elapsedMs) => elapsedMs - (seen[0] ?? 0))).toEqual([0, 5_000, 10_000, 15_000, 20_000])
    const kept = sampling.vmSamples(VM as VmId)
    expect(kept.map(({ at }) => clock.now() - at)).toEqual(
      [21_000, 20_000, 15_000, 10_000, 5_000, 0].slice(-kept.length),
    )
    stop()
  }
})

test('no rate is made across a time in which the host was away', async () => {
  const link = makeLink()
  const { readings, cpu, advance, emit } = await watch(link)
  link.isLive = false
  emit({ kind: 'state', hostId })
  await advance(1_000)
  expect(readings.length).toBe(1)
  link.isLive = true
  emit({ kind: 'state', hostId })
  await advance(1_000)
  expect([readings.length, cpu()]).toEqual([2, null])
  await advance(1_000)
  expect([readings.length, cpu()]).toEqual([3, 100])
})

test('a time-out of the first question does not cost the host its counters', async () => {
  const link = makeLink()
  const answers = link.connection.answers
  link.connection.answers = { ...answers, NODE_GET_CPU_STATS: timedOut }
  const { readings, advance } = await watch(link)
  expect(readings.length).toBe(0)
  link.connection.answers = answers
  await advance(5_000)
  expect(readings.at(-1)?.host).toMatchObject({ memoryTotalKiB: 4 })
})

test('a driver without counters of the host is asked for them once, and its machines are read all the same', async () => {
  const link = makeLink()
  const refused = () => {
    const params = { procedure: 'NODE_GET_CPU_STATS', libvirtCode: 3, libvirtDomain: 0, message: '', level: 2 }
    throw new AppError('libvirt.call-failed', params)
  }
  link.connection.answers = { ...link.connection.answers, NODE_GET_CPU_STATS: refused }
  const { readings, advance } = await watch(link)
  await advance(1_000)
  expect(readings.map(({ host, vms }) => [host, vms.size])).toEqual([
    [null, 1],
    [null, 1],
  ])
  expect(link.connection.asked.filter((name) => name === 'NODE_GET_CPU_STATS')).toHaveLength(1)
})

test('whoever comes later gets the latest reading at once, also that of a host that is away by now', async () => {
  const link = makeLink()
  const { sampling } = await watch(link)
  link.isLive = false
  const later: HostReading[] = []
  sampling.watch(hostId, (reading) => later.push(reading))()
  expect(later).toHaveLength(1)
})

test('a listener that throws costs nobody else a reading', async () => {
  const link = makeLink()
  const { sampling, advance } = await watch(link)
  let armed = false
  sampling.watch(hostId, () => {
    if (armed) throw new Error('a bug')
  })
  armed = true
  const later: HostReading[] = []
  sampling.watch(hostId, (reading) => later.push(reading))
  await advance(1_000)
  await advance(5_000)
  expect(later.length).toBeGreaterThan(1)
})

test('what is kept of a machine goes ten minutes after it stopped, or with its domain', async () => {
  const link = makeLink()
  const { sampling, advance } = await watch(link)
  await advance(1_000)
  link.connection.answers = { ...link.connection.answers, ...noMachines }
  await advance(STATS_KEPT_MS - 5_000)
  expect(sampling.vmSamples(VM)).toHaveLength(2)
  await advance(10_000)
  expect(sampling.vmSamples(VM)).toHaveLength(0)
  const other = makeLink()
  const second = await watch(other)
  other.domains.clear()
  await second.advance(1_000)
  expect(second.sampling.vmSamples(VM)).toHaveLength(0)
})

test('a guest that nobody asks for its memory is asked, once in a run', async () => {
  const asked: unknown[] = []
  const link = makeLink(hostId, { balloonPeriodSeconds: 0 })
  const set = (args: unknown) => {
    asked.push(args)
  }
  link.connection.answers = { ...link.connection.answers, DOMAIN_SET_MEMORY_STATS_PERIOD: set }
  const { readings, advance } = await watch(link)
  for (const ms of [1_000, 5_000, 5_000]) await advance(ms)
  expect(asked).toEqual([{ dom: { name: 'web', uuid: VM, id: 1 }, period: 10, flags: 1 }])
  expect(readings.at(-1)?.vms.get(VM)).toMatchObject({ memoryUsedKiB: 300, memorySource: 'host' })
})

test.each([{ balloonPeriodSeconds: 5 }, { balloonPeriodSeconds: null }])('one with %j is left alone', async (known) => {
  const link = makeLink(hostId, known)
  const { advance } = await watch(link)
  await advance(1_000)
  expect(link.connection.asked).not.toContain('DOMAIN_SET_MEMORY_STATS_PERIOD')
})

test('one that refuses to be asked is not asked again', async () => {
  const link = makeLink(hostId, { balloonPeriodSeconds: 0 })
  const { answers } = link.connection
  link.connection.answers = { ...answers, DOMAIN_SET_MEMORY_STATS_PERIOD: timedOut }
  const { advance } = await watch(link)
  for (const ms of [1_000, 5_000]) await advance(ms)
  expect(link.connection.asked.filter((name) => name === 'DOMAIN_SET_MEMORY_STATS_PERIOD')).toHaveLength(1)
})

test('machines that share their memory count as used on their host', async () => {
  const usedKiB = async (sharesMemory: boolean) => {
    const link = makeLink(hostId, { sharesMemory, balloonPeriodSeconds: null })
    const memory: Record<string, bigint> = { total: 1_000n, free: 100n, buffers: 0n, cached: 600n }
    const answer = ({ nparams }: { nparams: number }) => ({
      nparams: 4,
      params: nparams === 0 ? [] : Object.entries(memory).map(([field, value]) => ({ field, value })),
    })
    link.connection.answers = { ...link.connection.answers, NODE_GET_MEMORY_STATS: answer }
    return (await watch(link)).readings[0]?.host?.memoryUsedKiB
  }
  expect([await usedKiB(false), await usedKiB(true)]).toEqual([300, 600])
})

function startTopics(...links: FakeLink[]) {
  const both = makeHosts(...links)
  const clock = new ManualClock()
  const topics = createTopicRegistry({ epoch: 'e', clock, log: silentLog })
  const stop = startMetrics({
    hosts: both.hosts,
    topics,
    details: new LiveDetails(() => undefined),
    onHostSample: () => undefined,
    clock,
    log: silentLog,
  })
  const place = (id: HostId) => topics.collection('vms').upsert({ id: VM, hostId: id } as never)
  place(hostId)
  const advance = async (ms: number) => {
    clock.advance(ms)
    await settle()
    topics.flush()
  }
  /** The ids in a topic as a client sees them. */
  const subscribe = (topic: 'vm.load' | 'vm.stats', key: string) => {
    const present = new Set<string>()
    topics.subscribe({ topic, key }, (frame) => {
      if (frame.t === 'snapshot') for (const { id } of frame.entities) present.add(id)
      if (frame.t !== 'patch') return
      for (const { id } of frame.upsert) present.add(id)
      for (const id of frame.remove) present.delete(id)
    })
    return present
  }
  return { advance, subscribe, place, stop, clock }
}

test('a page that shows one host has only that host read more often', async () => {
  const [shown, other] = [makeLink(hostId), makeLink(otherId)]
  const { advance, subscribe } = startTopics(shown, other)
  for (const ms of [1_000, 1_000]) await advance(ms)
  expect([...subscribe('vm.load', hostId)]).toEqual([VM])
  const count = (link: FakeLink) => link.connection.asked.filter((name) => name.startsWith('CONNECT_GET_ALL')).length
  const before = [count(shown), count(other)]
  for (const ms of [5_000, 5_000, 4_000]) await advance(ms)
  expect([count(shown), count(other)].map((now, index) => now - (before[index] ?? 0))).toEqual([2, 0])
})

test('a load stands with the host that the machine is placed on', async () => {
  const { advance, subscribe, place } = startTopics(makeLink(hostId), makeLink(otherId))
  const [here, there] = [subscribe('vm.load', hostId), subscribe('vm.load', otherId)]
  await advance(1_000)
  expect([[...here], [...there]]).toEqual([[VM], []])
  place(otherId)
  await advance(5_000)
  expect([[...here], [...there]]).toEqual([[], [VM]])
})

test('a plot has its past when it is opened', async () => {
  const { advance, subscribe, stop, clock } = startTopics(makeLink())
  for (const ms of [1_000, 1_000, 15_000, 15_000]) await advance(ms)
  expect(subscribe('vm.stats', VM).size).toBe(4)
  stop()
  clock.advance(0)
})
