import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCounters } from '../../../../src/main/metrics/counters.ts'
import { decideHostSample, decideRate, decideVmSample } from '../../../../src/main/metrics/decide-sample.ts'
import { readHostCounters } from '../../../../src/main/metrics/fetch-host-counters.ts'

const statistics = (changes: Record<string, number | bigint | string> = {}) => ({
  'cpu.time': 1_000_000_000n,
  'vcpu.current': 2,
  'balloon.current': 1_000_000n,
  'balloon.available': 900_000n,
  'balloon.usable': 300_000n,
  'balloon.rss': 500_000n,
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

describe('a sample of a VM', () => {
  test('has rates and a load from two readings', () => {
    const before = readCounters(statistics(), 10_000)
    const now = readCounters(
      statistics({ 'cpu.time': 6_000_000_000n, 'net.0.rx.bytes': 5_100n, 'block.0.rd.bytes': 11_000n }),
      15_000,
    )
    expect(decideVmSample(before, now)).toEqual({
      id: '15000',
      at: 15_000,
      cpuPercent: 50,
      memoryUsedKiB: 600_000,
      memoryTotalKiB: 1_000_000,
      diskReadBytesPerSecond: 2_000,
      diskWriteBytesPerSecond: 0,
      networkReceiveBytesPerSecond: 1_000,
      networkTransmitBytesPerSecond: 0,
    })
  })

  test('has no rates from one reading', () => {
    expect(decideVmSample(null, readCounters(statistics(), 1))).toMatchObject({
      cpuPercent: null,
      diskReadBytesPerSecond: null,
    })
  })

  test('has no load right after the VM was started anew', () => {
    const before = readCounters(statistics(), 10_000)
    const now = readCounters(statistics({ 'cpu.time': 5n }), 15_000)
    expect(decideVmSample(before, now).cpuPercent).toBeNull()
  })

  test('shows what QEMU holds where the guest does not tell', () => {
    const { 'balloon.available': _available, 'balloon.usable': _usable, ...rest } = statistics()
    expect(readCounters(rest, 0).memoryUsedKiB).toBe(500_000)
    expect(readCounters({}, 0)).toMatchObject({
      memoryUsedKiB: null,
      cpuNanoseconds: null,
      diskReadBytes: null,
      vcpus: 1,
    })
  })

  test('knows the sizes of drives that have some', () => {
    const { disks } = readCounters(statistics(), 0)
    expect(disks.get('vda')).toEqual({ capacityBytes: 10_737_418_240, allocationBytes: 1_024 })
    expect(disks.get('sda')).toEqual({ capacityBytes: null, allocationBytes: null })
  })

  test('does not follow a count that a host made up', () => {
    expect(readCounters({ 'net.count': 4_000_000_000, 'net.0.rx.bytes': 1n }, 0).networkReceiveBytes).toBe(1)
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
  expect(decideHostSample(before, now, [])).toMatchObject({
    cpuPercent: 25,
    memoryUsedKiB: 400,
    memoryTotalKiB: 1_000,
    networkReceiveBytesPerSecond: 0,
  })
})

test('a host moves what its VMs move, and nobody knows how much before the second reading', () => {
  const host = readHostCounters([], [], 0)
  const first = readCounters(statistics(), 0)
  const fresh = decideVmSample(null, first)
  const busy = decideVmSample(first, readCounters(statistics({ 'net.0.rx.bytes': 5_100n }), 5_000))
  expect(decideHostSample(null, host, [fresh]).networkReceiveBytesPerSecond).toBeNull()
  expect(decideHostSample(null, host, [fresh, busy, busy]).networkReceiveBytesPerSecond).toBe(2_000)
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
