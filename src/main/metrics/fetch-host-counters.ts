import type { LibvirtConnection } from '../hosts/index.ts'
import type { HostCounters } from './decide-sample.ts'

/** `VIR_NODE_CPU_STATS_ALL_CPUS` and `VIR_NODE_MEMORY_STATS_ALL_CELLS`. */
const ALL = -1
const READ_TIMEOUT_MS = 10_000

type Field = { readonly field: string; readonly value: bigint }

/** How many values the host gives, which does not change while it is connected. */
export interface CounterShape {
  readonly cpu: number
  readonly memory: number
}

/** Asks how many values there are: the next calls must ask for exactly that many. Errors: those of `call`. */
export async function fetchCounterShape(connection: LibvirtConnection): Promise<CounterShape> {
  const limits = { timeoutMs: READ_TIMEOUT_MS }
  const [cpu, memory] = await Promise.all([
    connection.call('NODE_GET_CPU_STATS', { cpuNum: ALL, nparams: 0, flags: 0 }, limits),
    connection.call('NODE_GET_MEMORY_STATS', { nparams: 0, cellNum: ALL, flags: 0 }, limits),
  ])
  return { cpu: cpu.nparams, memory: memory.nparams }
}

/** Reads a host's CPU and memory counters. Errors: those of `call`. */
export async function fetchHostCounters(
  connection: LibvirtConnection,
  shape: CounterShape,
  monotonicMs: () => number,
): Promise<HostCounters> {
  const limits = { timeoutMs: READ_TIMEOUT_MS }
  const [cpu, memory] = await Promise.all([
    connection.call('NODE_GET_CPU_STATS', { cpuNum: ALL, nparams: shape.cpu, flags: 0 }, limits),
    connection.call('NODE_GET_MEMORY_STATS', { nparams: shape.memory, cellNum: ALL, flags: 0 }, limits),
  ])
  return readHostCounters(cpu.params, memory.params, monotonicMs())
}

/** Reads the counters out of the host's statistics. Pure. */
export function readHostCounters(cpu: readonly Field[], memory: readonly Field[], atMs: number): HostCounters {
  const cpuOf = (field: string) => numberOf(cpu, field)
  const memoryOf = (field: string) => numberOf(memory, field)
  const user = cpuOf('user')
  const kernel = cpuOf('kernel')
  const idle = cpuOf('idle')
  return {
    atMs,
    busyNanoseconds: user === null || kernel === null ? null : user + kernel + (cpuOf('intr') ?? 0),
    idleNanoseconds: idle === null ? null : idle + (cpuOf('iowait') ?? 0),
    memoryTotalKiB: memoryOf('total') ?? 0,
    memoryFreeKiB: memoryOf('free'),
    memoryCachedKiB: (memoryOf('buffers') ?? 0) + (memoryOf('cached') ?? 0),
  }
}

function numberOf(fields: readonly Field[], name: string): number | null {
  const found = fields.find((each) => each.field === name)
  return found === undefined ? null : Number(found.value)
}
