import type { Host, Vm, VmId, VmStatus } from '../../../shared/domain/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

/** What the host's own system needs. */
const HOST_RESERVE_KIB = 256 * 1024
/** In these no QEMU process uses memory of the host. */
const WITHOUT_PROCESS: ReadonlySet<VmStatus> = new Set(['down', 'suspended', 'image-locked', 'image-illegal'])

/** What is counted otherwise than it is seen. */
interface MemoryView {
  /** What this one takes now is not counted. */
  readonly without?: VmId | null
  /** Memory of machines that are on their way there, KiB: whether they are seen yet or not. */
  readonly promised?: ReadonlyMap<VmId, number>
}

/**
 * Memory that machines may still be given on a host, KiB: with the overcommit of its cluster, less what its own system needs. Less than
 * nothing where more is given. Null: the host never told how much it has. Pure.
 */
export function freeMemoryKiB(model: ModelSnapshot, host: Host, view: MemoryView = {}): number | null {
  if (host.facts === null) return null
  const { without = null, promised = new Map<VmId, number>() } = view
  const percent = model.clusters.get(host.clusterId)?.settings.memoryOvercommitPercent ?? 100
  let usedKiB = 0
  for (const vm of model.vms.where('hostId', host.id)) {
    if (vm.id !== without && !promised.has(vm.id) && mayHaveProcess(vm)) usedKiB += vm.memoryKiB
  }
  for (const [vmId, memoryKiB] of promised) if (vmId !== without) usedKiB += memoryKiB
  return (Math.max(0, host.facts.memoryKiB - HOST_RESERVE_KIB) * percent) / 100 - usedKiB
}

/** Has it a QEMU process, as far as anybody can say? Of one that nobody can ask about, what it was last counts. Pure. */
export function mayHaveProcess({ status, lastStatus }: Pick<Vm, 'status' | 'lastStatus'>): boolean {
  return !WITHOUT_PROCESS.has(status === 'unknown' ? (lastStatus ?? 'unknown') : status)
}
