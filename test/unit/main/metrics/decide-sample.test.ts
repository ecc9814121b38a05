import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCounters } from '../../../../src/main/metrics/counters.ts'
import { decideMemory, followReports, type GuestReports } from '../../../../src/main/metrics/decide-memory.ts'
import { decideHostSample, decideRate, decideVmSample } from '../../../../src/main/metrics/decide-sample.ts'
import { readHostCounters } from '../../../../src/main/metrics/fetch-host-counters.ts'

const statistics = (changes: Record<string, number | bigint | string> = {}) => ({
  'cpu.time': 1_000_000_000n,
  'vcpu.current': 2,
  'balloon.current': 1_000_000n,
  'balloon.available': 900_000n,
  'balloon.usable': 300_000n,
  'balloon.rss': 500_000n,
  'balloon.last-update': 1_700_000_000n,
  'net.count': 2,
  'net.0.rx.bytes': 100n,
  'net.1.rx.bytes': 200n,
  'net.0.tx.bytes': 10n,
  'block.count': 2,
  'block.0.name': 'vda',
  'block.0.rd.bytes': 1_000n,
  'block.0.wr.bytes': 500n,
  'block.0.capacity': 10_737_418_240n,
  'block.0.allocation': 1_024n,
  'block.1.name': 'sda',
  ...changes,
})

const told: GuestReports = { reportedAt: 1, changedMs: 15_000, periodSeconds: 5 }
const untold: GuestReports = { reportedAt: 0, changedMs: null, periodSeconds: 0 }

describe('a sample of a VM', () => {
  test('has rates and a load from two readings', () => {
    const before = readCounters(statistics(), 10_000)
    const now = readCounters(
      statistics({ 'cpu.time': 6_000_000_000n, 'net.0.rx.bytes': 5_100n, 'block.0.rd.bytes': 11_000n }),
      15_000,
    )
    expect(decideVmSample(before, now, told, 1_700_000_000_000)).toEqual({
      id: '15000',
      at: 1_700_000_000_000,
      elapsedMs: 15_000,
      cpuPercent: 50,
      memoryUsedKiB: 600_000,
      memorySource: 'guest',
      memoryTotalKiB: 1_000_000,
      diskReadBytesPerSecond: 2_000,
      diskWriteBytesPerSecond: 0,
      networkReceiveBytesPerSecond: 1_000,
      networkTransmitBytesPerSecond: 0,
    })
  })

  test('has no rates from one reading', () => {
    expect(decideVmSample(null, readCounters(statistics(), 1), untold, 0)).toMatchObject({
      cpuPercent: null,
      diskReadBytesPerSecond: null,
    })
  })

  test('has no load right after the VM was started anew', () => {
    const before = readCounters(statistics(), 10_000)
    const now = readCounters(statistics({ 'cpu.time': 5n }), 15_000)
    expect(decideVmSample(before, now, untold, 0).cpuPercent).toBeNull()
  })

  test('knows nothing where nothing is told', () => {
    expect(readCounters({}, 0)).toMatchObject({ cpuNanoseconds: null, diskReadBytes: null, vcpus: 1 })
    expect(decideMemory(readCounters({}, 0), untold)).toEqual({ usedKiB: null, source: null })
  })

  test('does not follow a count that a host made up', () => {
    expect(readCounters({ 'net.count': 4_000_000_000, 'net.0.rx.bytes': 1n }, 0).networkReceiveBytes).toBe(1)
  })
})

describe('the memory of a VM', () => {
  /** Readings every 15 s; `reports` are the values of `balloon.last-update`. */
  const follow = (reports: readonly (number | undefined)[], periodSeconds: number) => {
    let known: GuestReports | null = null
    return reports.map((reportedAt, index) => {
      const changes = reportedAt === undefined ? {} : { 'balloon.last-update': BigInt(reportedAt) }
      const { 'balloon.last-update': _told, ...rest } = statistics()
      const now = readCounters({ ...rest, ...changes }, index * 15_000)
      known = followReports(known, now, periodSeconds)
      return decideMemory(now, known).source
    })
  }

  test.each<{ what: string; reports: readonly (number | undefined)[]; period: number; sources: string[] }>([
    {
      what: 'what it said at its boot is no news',
      reports: [50, 50, 50],
      period: 0,
      sources: ['host', 'host', 'host'],
    },
    { what: 'it is asked and answers', reports: [50, 65, 80], period: 10, sources: ['guest', 'guest', 'guest'] },
    { what: 'it begins to answer', reports: [50, 50, 80], period: 0, sources: ['host', 'host', 'guest'] },
    { what: 'it has no driver', reports: [0, 0], period: 10, sources: ['host', 'host'] },
    { what: 'it has no balloon', reports: [undefined], period: 0, sources: ['host'] },
    {
      what: 'it stopped answering',
      reports: [50, 65, 65, 65, 65, 65],
      period: 10,
      sources: ['guest', 'guest', 'guest', 'guest', 'guest', 'host'],
    },
    { what: 'it is asked rarely', reports: [50, 50, 50, 50, 50, 80], period: 60, sources: Array(6).fill('guest') },
  ])('$what', ({ reports, period, sources }) => {
    expect(follow(reports, period)).toEqual(sources)
  })

  test('is what QEMU holds where the guest does not tell, and never more than it has', () => {
    const used = (rss: bigint) => decideMemory(readCounters(statistics({ 'balloon.rss': rss }), 0), untold).usedKiB
    expect([used(500_000n), used(5_000_000n)]).toEqual([500_000, 1_000_000])
  })
})

test('a sample of a host counts what is not idle, and memory without what can be reclaimed', () => {
  const cpu = (user: bigint, idle: bigint) => [
    { field: 'kernel', value: 0n },
    { field: 'user', value: user },
    { field: 'idle', value: idle },
    { field: 'iowait', value: 0n },
  ]
  const memory = [
    { field: 'total', value: 1_000n },
    { field: 'free', value: 300n },
    { field: 'buffers', value: 100n },
    { field: 'cached', value: 200n },
  ]
  const before = readHostCounters(cpu(0n, 0n), memory, 0)
  const now = readHostCounters(cpu(1_000n, 3_000n), memory, 5_000)
  expect(decideHostSample(before, now, [], 0, 0)).toMatchObject({
    cpuPercent: 25,
    memoryUsedKiB: 400,
    memoryTotalKiB: 1_000,
    networkReceiveBytesPerSecond: 0,
  })
  // Memory that VMs share is page cache to the kernel, but nobody gets it back.
  const used = [150, 1_000].map((sharedKiB) => decideHostSample(before, now, [], sharedKiB, 0).memoryUsedKiB)
  expect(used).toEqual([550, 700])
})

test('a host moves what its VMs move, and nobody knows how much before the second reading', () => {
  const host = readHostCounters([], [], 0)
  const first = readCounters(statistics(), 0)
  const fresh = decideVmSample(null, first, untold, 0)
  const busy = decideVmSample(first, readCounters(statistics({ 'net.0.rx.bytes': 5_100n }), 5_000), untold, 0)
  expect(decideHostSample(null, host, [fresh], 0, 0).networkReceiveBytesPerSecond).toBeNull()
  expect(decideHostSample(null, host, [fresh, busy, busy], 0, 0).networkReceiveBytesPerSecond).toBe(2_000)
})

test('a rate is never negative and never infinite', () => {
  const counter = fc.option(fc.double({ min: 0, max: 2 ** 60, noNaN: true }))
  fc.assert(
    fc.property(counter, counter, fc.integer({ min: -10, max: 100_000 }), (before, now, elapsedMs) => {
      const rate = decideRate(before, now, elapsedMs)
      if (rate !== null) {
        expect(rate).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(rate)).toBe(true)
      }
    }),
  )
})
