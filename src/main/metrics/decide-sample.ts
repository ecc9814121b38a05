import type { HostSample, VmSample } from '../../shared/domain/index.ts'
import type { VmCounters } from './counters.ts'
import { decideMemory, type GuestReports } from './decide-memory.ts'

const NANOSECONDS_PER_MS = 1_000_000

/** What a host's own counters say at one instant. */
export interface HostCounters {
  /** Milliseconds by the monotonic clock. */
  readonly atMs: number
  readonly busyNanoseconds: number | null
  readonly idleNanoseconds: number | null
  readonly memoryTotalKiB: number
  readonly memoryFreeKiB: number | null
  /** Buffers and page cache. Memory that is shared between processes counts as page cache, too. */
  readonly memoryCachedKiB: number
}

/**
 * Units per second between two readings. Null without a first reading, and where the counter went back: then it
 * began anew (the machine or a device was restarted), and nobody knows what was counted before that.
 */
export function decideRate(before: number | null, now: number | null, elapsedMs: number): number | null {
  if (before === null || now === null || elapsedMs <= 0 || now < before) return null
  return ((now - before) * 1_000) / elapsedMs
}

/**
 * One point of a VM's plots from two readings, and from what is known of its guest's reports. `at` is what the wall's clock
 * shows. Pure.
 */
export function decideVmSample(
  before: VmCounters | null,
  now: VmCounters,
  reports: GuestReports,
  at: number,
): VmSample {
  const elapsedMs = before === null ? 0 : now.atMs - before.atMs
  const rate = (field: 'diskReadBytes' | 'diskWriteBytes' | 'networkReceiveBytes' | 'networkTransmitBytes') =>
    decideRate(before?.[field] ?? null, now[field], elapsedMs)
  const cpuPerSecond = decideRate(before?.cpuNanoseconds ?? null, now.cpuNanoseconds, elapsedMs)
  const memory = decideMemory(now, reports)
  return {
    ...stampOf(now.atMs, at),
    cpuPercent: cpuPerSecond === null ? null : percent(cpuPerSecond, 1_000 * NANOSECONDS_PER_MS * now.vcpus),
    memoryUsedKiB: memory.usedKiB,
    memorySource: memory.source,
    memoryTotalKiB: now.memoryTotalKiB,
    diskReadBytesPerSecond: rate('diskReadBytes'),
    diskWriteBytesPerSecond: rate('diskWriteBytes'),
    networkReceiveBytesPerSecond: rate('networkReceiveBytes'),
    networkTransmitBytesPerSecond: rate('networkTransmitBytes'),
  }
}

/**
 * One point of a host's plots from two readings, and from the points of its VMs: libvirt counts no host's disks and
 * networks, so those are what its VMs move together. `sharedKiB` is what VMs hold of memory that others may map: the
 * kernel counts it as page cache, though it cannot be reclaimed. Pure.
 */
export function decideHostSample(
  before: HostCounters | null,
  now: HostCounters,
  vms: readonly VmSample[],
  sharedKiB: number,
  at: number,
): HostSample {
  const elapsedMs = before === null ? 0 : now.atMs - before.atMs
  const busy = decideRate(before?.busyNanoseconds ?? null, now.busyNanoseconds, elapsedMs)
  const idle = decideRate(before?.idleNanoseconds ?? null, now.idleNanoseconds, elapsedMs)
  return {
    ...stampOf(now.atMs, at),
    cpuPercent: busy === null || idle === null || busy + idle === 0 ? null : percent(busy, busy + idle),
    memoryUsedKiB: usedKiB(now, sharedKiB),
    memoryTotalKiB: now.memoryTotalKiB,
    diskReadBytesPerSecond: sumOf(vms, 'diskReadBytesPerSecond'),
    diskWriteBytesPerSecond: sumOf(vms, 'diskWriteBytesPerSecond'),
    networkReceiveBytesPerSecond: sumOf(vms, 'networkReceiveBytesPerSecond'),
    networkTransmitBytesPerSecond: sumOf(vms, 'networkTransmitBytesPerSecond'),
  }
}

function usedKiB({ memoryTotalKiB, memoryFreeKiB, memoryCachedKiB }: HostCounters, sharedKiB: number): number | null {
  if (memoryFreeKiB === null) return null
  return Math.max(0, memoryTotalKiB - memoryFreeKiB - Math.max(0, memoryCachedKiB - sharedKiB))
}

function stampOf(atMs: number, at: number): Pick<HostSample, 'id' | 'at' | 'elapsedMs'> {
  const elapsedMs = Math.round(atMs)
  return { id: String(elapsedMs), at, elapsedMs }
}

type Rate = Extract<keyof VmSample, `${string}PerSecond`>

/** Null when VMs run and none of them has a rate yet. */
function sumOf(vms: readonly VmSample[], rate: Rate): number | null {
  const rates = vms.map((vm) => vm[rate]).filter((value) => value !== null)
  return rates.length === 0 && vms.length > 0 ? null : rates.reduce((sum, value) => sum + value, 0)
}

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, Math.round((part / whole) * 1_000) / 10))
}
