import type { TypedParameterValue } from '../hosts/index.ts'

/** What `virConnectGetAllDomainStats` tells of a running domain, of what we plot. Totals since its start. */
export interface VmCounters {
  /** Milliseconds by the monotonic clock. */
  readonly atMs: number
  /** CPU time of the guest and of QEMU for it. */
  readonly cpuNanoseconds: number | null
  readonly vcpus: number
  readonly memoryTotalKiB: number
  /** What the guest says it uses, as of `guestReportedAt`. */
  readonly guestUsedKiB: number | null
  /** When the guest last said so, seconds by the host's clock; 0: never; null: it has no balloon to say it with. */
  readonly guestReportedAt: number | null
  /** What its QEMU holds of the host's memory. */
  readonly residentKiB: number | null
  readonly diskReadBytes: number | null
  readonly diskWriteBytes: number | null
  readonly networkReceiveBytes: number | null
  readonly networkTransmitBytes: number | null
}

type Statistics = Readonly<Record<string, TypedParameterValue>>

const DEVICES_LIMIT = 512

/** Reads the counters out of one domain's statistics. Values over 2^53 lose digits that no plot shows. Pure. */
export function readCounters(statistics: Statistics, atMs: number): VmCounters {
  return {
    atMs,
    cpuNanoseconds: numberOf(statistics['cpu.time']),
    vcpus: Math.max(1, numberOf(statistics['vcpu.current']) ?? 1),
    memoryTotalKiB: numberOf(statistics['balloon.current']) ?? 0,
    guestUsedKiB: guestUsedKiB(statistics),
    guestReportedAt: numberOf(statistics['balloon.last-update']),
    residentKiB: numberOf(statistics['balloon.rss']),
    diskReadBytes: sumOf(statistics, 'block', 'rd.bytes'),
    diskWriteBytes: sumOf(statistics, 'block', 'wr.bytes'),
    networkReceiveBytes: sumOf(statistics, 'net', 'rx.bytes'),
    networkTransmitBytes: sumOf(statistics, 'net', 'tx.bytes'),
  }
}

function guestUsedKiB(statistics: Statistics): number | null {
  const available = numberOf(statistics['balloon.available'])
  const free = numberOf(statistics['balloon.usable']) ?? numberOf(statistics['balloon.unused'])
  return available === null || free === null ? null : Math.max(0, available - free)
}

function countOf(statistics: Statistics, kind: string): number {
  return Math.min(DEVICES_LIMIT, numberOf(statistics[`${kind}.count`]) ?? 0)
}

function sumOf(statistics: Statistics, kind: string, field: string): number | null {
  let sum: number | null = null
  for (let index = 0; index < countOf(statistics, kind); index += 1) {
    const value = numberOf(statistics[`${kind}.${index}.${field}`])
    if (value !== null) sum = (sum ?? 0) + value
  }
  return sum
}

function numberOf(value: TypedParameterValue | undefined): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null
}
