import type { HostId, MigrationVerdict, Vm } from '../../shared/domain/index.ts'
import { AppError, fromWireError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import { mayHaveProcess } from '../vm/index.ts'
import { decideMovable, decideTarget, decideVerdicts, type MigrationSight } from './decide-migration.ts'

const KIB_PER_MIB = 1_024

/** Where a VM of a host that is emptied would go. */
export interface EvacuationStep {
  readonly vm: Vm
  /** Null: nowhere, and `obstacle` says why. */
  readonly destinationId: HostId | null
  readonly obstacle: AppError | null
}

/**
 * Where the running VMs of a host would go if it were emptied now: the largest first, as it is the hardest to place, each to the host that has
 * the most memory left after those before it. Which host it is in the end is decided anew when each of them begins. Pure.
 */
export function decideEvacuation(model: ModelSnapshot, sight: MigrationSight, hostId: HostId): EvacuationStep[] {
  const host = model.hosts.get(hostId)
  if (host === undefined) return []
  const others = model.hosts.where('clusterId', host.clusterId).filter(({ id }) => id !== hostId)
  const promisedMiB = new Map<HostId, number>()
  const vms = model.vms.where('hostId', hostId).filter(mayHaveProcess)
  return vms
    .sort((one, other) => other.memoryKiB - one.memoryKiB || one.name.localeCompare(other.name, 'en'))
    .map((vm): EvacuationStep => {
      const refusal = decideMovable(model, vm.id)
      if (refusal !== null) return { vm, destinationId: null, obstacle: refusal }
      const verdicts = decideVerdicts(model, sight, [vm], others).map((verdict) => withPromised(verdict, promisedMiB))
      const target = decideTarget(verdicts)
      if (target === null) return { vm, destinationId: null, obstacle: decideReason(vm, verdicts) }
      promisedMiB.set(target.hostId, (promisedMiB.get(target.hostId) ?? 0) + toMiB(vm))
      return { vm, destinationId: target.hostId, obstacle: null }
    })
}

/** A verdict that counts what earlier VMs will take of the host's memory. */
function withPromised(verdict: MigrationVerdict, promisedMiB: ReadonlyMap<HostId, number>): MigrationVerdict {
  const promised = promisedMiB.get(verdict.hostId) ?? 0
  if (verdict.freeMemoryMiB === null || promised === 0) return verdict
  const freeMemoryMiB = verdict.freeMemoryMiB - promised
  return freeMemoryMiB < 0 ? { ...verdict, freeMemoryMiB, verdict: 'cannot' } : { ...verdict, freeMemoryMiB }
}

/** What stands in the way on the host that comes closest; of one that only lacks the room that others were promised: that. */
function decideReason(vm: Vm, verdicts: readonly MigrationVerdict[]): AppError {
  const [closest] = [...verdicts].sort((one, other) => one.reasons.length - other.reasons.length)
  if (closest === undefined) return new AppError('migration.no-host', { name: vm.name }, { subject: vm.name })
  const [reason] = closest.reasons
  if (reason !== undefined) return fromWireError(reason)
  const neededMiB = toMiB(vm)
  const freeMiB = Math.max(0, (closest.freeMemoryMiB ?? 0) + neededMiB)
  return new AppError('migration.memory', { hostName: closest.hostName, neededMiB, freeMiB }, { subject: vm.name })
}

function toMiB({ memoryKiB }: Pick<Vm, 'memoryKiB'>): number {
  return Math.ceil(memoryKiB / KIB_PER_MIB)
}
