import type { HostSample, VmSample } from '../../shared/domain/index.ts'
import type { VmCounters } from './counters.ts'

const NANOSECONDS_PER_MS = 1_000_000

/** What a host's own counters say at one instant. */
export interface HostCounters {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly busyNanoseconds: number | null
  readonly idleNanoseconds: number | null
  readonly memoryTotalKiB: number
  readonly memoryUsedKiB: number | null
}

/**
 * Units per second between two readings. Null without a first reading, and where the counter went back: then it
 * began anew (the machine or a device was restarted), and nobody knows what was counted before that.
 */
export function decideRate(before: number | null, now: number | null, elapsedMs: number): number | null {
  if (before === null || now === null || elapsedMs <= 0 || now < before) return null
  return ((now - before) * 1_000) / elapsedMs
}

/** One point of a VM's plots from two readings. Pure. */
export function decideVmSample(before: VmCounters | null, now: VmCounters): VmSample {
  const elapsedMs = before === null ? 0 : now.at - before.at
  const rate = (field: 'diskReadBytes' | 'diskWriteBytes' | 'networkReceiveBytes' | 'networkTransmitBytes') =>
    decideRate(before?.[field] ?? null, now[field], elapsedMs)
  const cpuPerSecond = decideRate(before?.cpuNanoseconds ?? null, now.cpuNanoseconds, elapsedMs)
  return {
    id: String(now.at),
    at: now.at,
    cpuPercent: cpuPerSecond === null ? null : percent(cpuPerSecond, 1_000 * NANOSECONDS_PER_MS * now.vcpus),
    memoryUsedKiB: now.memoryUsedKiB,
    memoryTotalKiB: now.memoryTotalKiB,
    diskReadBytesPerSecond: rate('diskReadBytes'),
    diskWriteBytesPerSecond: rate('diskWriteBytes'),
    networkReceiveBytesPerSecond: rate('networkReceiveBytes'),
    networkTransmitBytesPerSecond: rate('networkTransmitBytes'),
  }
}

/**
 * One point of a host's plots from two readings, and from the points of its VMs: libvirt counts no host's disks and
 * networks, so those are what its VMs move together. Pure.
 */
export function decideHostSample(before: HostCounters | null, now: HostCounters, vms: readonly VmSample[]): HostSample {
  const elapsedMs = before === null ? 0 : now.at - before.at
  const busy = decideRate(before?.busyNanoseconds ?? null, now.busyNanoseconds, elapsedMs)
  const idle = decideRate(before?.idleNanoseconds ?? null, now.idleNanoseconds, elapsedMs)
  return {
    id: String(now.at),
    at: now.at,
    cpuPercent: busy === null || idle === null || busy + idle === 0 ? null : percent(busy, busy + idle),
    memoryUsedKiB: now.memoryUsedKiB,
    memoryTotalKiB: now.memoryTotalKiB,
    diskReadBytesPerSecond: sumOf(vms, 'diskReadBytesPerSecond'),
    diskWriteBytesPerSecond: sumOf(vms, 'diskWriteBytesPerSecond'),
    networkReceiveBytesPerSecond: sumOf(vms, 'networkReceiveBytesPerSecond'),
    networkTransmitBytesPerSecond: sumOf(vms, 'networkTransmitBytesPerSecond'),
  }
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
