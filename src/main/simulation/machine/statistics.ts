import { type TypedParameter, typedParameter } from '../../libvirt/index.ts'
import type { SimulatedMachine } from './simulated-machine.ts'

/** `virDomainStatsTypes`. */
const STATS = { state: 1, cpu: 2, balloon: 4, vcpu: 8, interface: 16, block: 32 } as const
const NANOSECONDS = 1e9
const KIB_PER_GIB = 1024 * 1024
/** What a drive that is a network's or a file that nobody sees is said to hold. */
export const DRIVE_BYTES = 40 * 1024 ** 3

/** What `virConnectGetAllDomainStats` tells of one machine at a moment. 0: everything. Pure. */
export function buildStatistics(
  machine: SimulatedMachine,
  asked: number,
  time: { readonly monotonicMs: number; readonly nowMs: number },
): TypedParameter[] {
  const wants = (kind: number) => asked === 0 || (asked & kind) !== 0
  const { live } = machine
  const seconds = time.monotonicMs / 1_000
  const params: TypedParameter[] = []
  if (wants(STATS.state)) {
    params.push(
      typedParameter('int', 'state.state', machine.state),
      typedParameter('int', 'state.reason', machine.reason),
    )
  }
  const startSeconds = live === null ? seconds : live.startedMs / 1_000
  if (wants(STATS.cpu) && live !== null) params.push(...cpuStatistics(machine, startSeconds, seconds))
  if (wants(STATS.balloon)) params.push(...balloonStatistics(machine, seconds, time.nowMs))
  if (wants(STATS.vcpu)) params.push(...vcpuStatistics(machine, startSeconds, seconds))
  if (wants(STATS.interface) && live !== null) params.push(...networkStatistics(machine, startSeconds, seconds))
  if (wants(STATS.block)) params.push(...blockStatistics(machine, startSeconds, seconds))
  return params
}

/** CPU time since the start, nanoseconds, of all vCPUs together. */
export function cpuNanoseconds(machine: SimulatedMachine, startSeconds: number, seconds: number): bigint {
  const busy = machine.cpuLoad.total(seconds) - machine.cpuLoad.total(startSeconds)
  return whole(busy * machine.parsed.vcpus * NANOSECONDS)
}

function cpuStatistics(machine: SimulatedMachine, startSeconds: number, seconds: number): TypedParameter[] {
  const time = cpuNanoseconds(machine, startSeconds, seconds)
  return [
    typedParameter('ullong', 'cpu.time', time),
    typedParameter('ullong', 'cpu.user', time / 10n),
    typedParameter('ullong', 'cpu.system', time / 20n),
  ]
}

function balloonStatistics(machine: SimulatedMachine, seconds: number, nowMs: number): TypedParameter[] {
  const { memoryKiB, maxMemoryKiB } = machine.parsed
  const size = [
    typedParameter('ullong', 'balloon.current', BigInt(memoryKiB)),
    typedParameter('ullong', 'balloon.maximum', BigInt(maxMemoryKiB)),
  ]
  if (!machine.isActive) return size
  const used = memoryKiB * (0.25 + 0.5 * machine.diskLoad.rate(seconds / 20))
  const free = whole(Math.max(0, memoryKiB * 0.97 - used))
  return [
    ...size,
    typedParameter('ullong', 'balloon.available', whole(memoryKiB * 0.97)),
    typedParameter('ullong', 'balloon.unused', free / 2n),
    typedParameter('ullong', 'balloon.usable', free),
    typedParameter('ullong', 'balloon.last-update', whole(nowMs / 1_000)),
    typedParameter('ullong', 'balloon.rss', whole(residentKiB(machine))),
  ]
}

/** What its QEMU holds of the host's memory. */
export function residentKiB(machine: SimulatedMachine): number {
  return machine.isActive ? machine.parsed.memoryKiB * 0.9 + 0.1 * KIB_PER_GIB : 0
}

function vcpuStatistics(machine: SimulatedMachine, startSeconds: number, seconds: number): TypedParameter[] {
  const { vcpus, maxVcpus } = machine.parsed
  const counts = [typedParameter('uint', 'vcpu.current', vcpus), typedParameter('uint', 'vcpu.maximum', maxVcpus)]
  if (!machine.isActive) return counts
  const time = cpuNanoseconds(machine, startSeconds, seconds) / BigInt(vcpus)
  return [
    ...counts,
    ...Array.from({ length: vcpus }, (_, index) => [
      typedParameter('int', `vcpu.${index}.state`, 1),
      typedParameter('ullong', `vcpu.${index}.time`, time),
    ]).flat(),
  ]
}

function networkStatistics(machine: SimulatedMachine, startSeconds: number, seconds: number): TypedParameter[] {
  const cards = machine.parsed.nics
  const moved = machine.networkLoad.total(seconds) - machine.networkLoad.total(startSeconds)
  return [
    typedParameter('uint', 'net.count', cards.length),
    ...cards.flatMap(({ hostDevice }, index) => [
      typedParameter('string', `net.${index}.name`, hostDevice ?? `vnet${index}`),
      typedParameter('ullong', `net.${index}.rx.bytes`, whole(moved * 3e6)),
      typedParameter('ullong', `net.${index}.rx.pkts`, whole(moved * 3e3)),
      typedParameter('ullong', `net.${index}.tx.bytes`, whole(moved * 1.2e6)),
      typedParameter('ullong', `net.${index}.tx.pkts`, whole(moved * 2e3)),
    ]),
  ]
}

function blockStatistics(machine: SimulatedMachine, startSeconds: number, seconds: number): TypedParameter[] {
  const { disks } = machine.parsed
  const moved = machine.diskLoad.total(seconds) - machine.diskLoad.total(startSeconds)
  return [
    typedParameter('uint', 'block.count', disks.length),
    ...disks.flatMap(({ target, source }, index) => [
      typedParameter('string', `block.${index}.name`, target),
      ...(source === null ? [] : [typedParameter('string', `block.${index}.path`, source)]),
      ...(machine.isActive
        ? [
            typedParameter('ullong', `block.${index}.rd.bytes`, whole(moved * 2.5e6)),
            typedParameter('ullong', `block.${index}.rd.reqs`, whole(moved * 90)),
            typedParameter('ullong', `block.${index}.wr.bytes`, whole(moved * 4e6)),
            typedParameter('ullong', `block.${index}.wr.reqs`, whole(moved * 140)),
          ]
        : []),
      typedParameter('ullong', `block.${index}.capacity`, BigInt(DRIVE_BYTES)),
      typedParameter('ullong', `block.${index}.allocation`, BigInt(DRIVE_BYTES / 4)),
    ]),
  ]
}

function whole(value: number): bigint {
  return BigInt(Math.max(0, Math.round(value)))
}
