import type { TypedParameterValue } from '../hosts/index.ts'

/** What `virConnectGetAllDomainStats` tells of a running domain, of what we plot. Totals since its start. */
export interface VmCounters {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** CPU time of the guest and of QEMU for it. */
  readonly cpuNanoseconds: number | null
  readonly vcpus: number
  readonly memoryTotalKiB: number
  readonly memoryUsedKiB: number | null
  readonly diskReadBytes: number | null
  readonly diskWriteBytes: number | null
  readonly networkReceiveBytes: number | null
  readonly networkTransmitBytes: number | null
  /** Sizes by the drive's target ("vda"). */
  readonly disks: ReadonlyMap<
    string,
    { readonly capacityBytes: number | null; readonly allocationBytes: number | null }
  >
}

type Statistics = Readonly<Record<string, TypedParameterValue>>

const DEVICES_LIMIT = 512

/** Reads the counters out of one domain's statistics. Values over 2^53 lose digits that no plot shows. Pure. */
export function readCounters(statistics: Statistics, at: number): VmCounters {
  const memoryTotalKiB = numberOf(statistics['balloon.current']) ?? 0
  return {
    at,
    cpuNanoseconds: numberOf(statistics['cpu.time']),
    vcpus: Math.max(1, numberOf(statistics['vcpu.current']) ?? 1),
    memoryTotalKiB,
    memoryUsedKiB: memoryUsedKiB(statistics, memoryTotalKiB),
    diskReadBytes: sumOf(statistics, 'block', 'rd.bytes'),
    diskWriteBytes: sumOf(statistics, 'block', 'wr.bytes'),
    networkReceiveBytes: sumOf(statistics, 'net', 'rx.bytes'),
    networkTransmitBytes: sumOf(statistics, 'net', 'tx.bytes'),
    disks: readDisks(statistics),
  }
}

/** What the guest says it uses; without its word, what its QEMU holds of the host's memory. */
function memoryUsedKiB(statistics: Statistics, totalKiB: number): number | null {
  const available = numberOf(statistics['balloon.available'])
  const free = numberOf(statistics['balloon.usable']) ?? numberOf(statistics['balloon.unused'])
  if (available !== null && free !== null) return Math.max(0, available - free)
  const resident = numberOf(statistics['balloon.rss'])
  return resident === null ? null : Math.min(resident, totalKiB)
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

function readDisks(statistics: Statistics): VmCounters['disks'] {
  const disks = new Map<string, { capacityBytes: number | null; allocationBytes: number | null }>()
  for (let index = 0; index < countOf(statistics, 'block'); index += 1) {
    const name = statistics[`block.${index}.name`]
    if (typeof name !== 'string') continue
    disks.set(name, {
      capacityBytes: numberOf(statistics[`block.${index}.capacity`]),
      allocationBytes: numberOf(statistics[`block.${index}.allocation`]),
    })
  }
  return disks
}

function numberOf(value: TypedParameterValue | undefined): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null
}
