import type { Disk, HostStatus, LockProof, Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'
import { hostName } from '../rules.ts'
import { disksOfVm } from './vm-needs.ts'

/** A host that is cut off notices the end of its lease by a clock of its own. */
const LEASE_MARGIN_MS = 30_000

/** What speaks for, or against, starting a machine elsewhere that may still run on a host that cannot be asked. */
export type ElsewhereVerdict =
  /** The server has taken the locks of its disks from the lost host, and refuses its writes. */
  | { readonly allowed: true; readonly by: 'fencing' | 'person' }
  | { readonly allowed: false; readonly hint: 'start-unfenced' | 'start-no-disks' | null }
  /** The host may write for so long yet. */
  | { readonly allowed: false; readonly hint: 'start-lease'; readonly waitMs: number }

export interface ElsewhereFacts {
  /** The lock proofs of the storage domains of all disks that it writes. */
  readonly locks: readonly LockProof[]
  /** How long its host has told nothing, milliseconds. Null: nobody knows. */
  readonly silentMs: number | null
  /** Whether it counts as lost; one that is only being connected, as after the engine's start, may answer in a moment. */
  readonly isLost: boolean
  /** A person has said that its host is off. */
  readonly confirmed: boolean
}

/**
 * May a machine be started elsewhere whose host cannot be asked? By itself only where every disk that it writes lies on storage that was
 * proved to take a lock away from a host that is cut off, and that has had the time to. Else a person must know that the host is off. QEMU
 * takes the locks of its images in any case: the last word is theirs. Pure.
 */
export function decideElsewhere({ locks, silentMs, isLost, confirmed }: ElsewhereFacts): ElsewhereVerdict {
  if (confirmed) return { allowed: true, by: 'person' }
  if (!isLost) return { allowed: false, hint: null }
  // Nothing keeps two of them apart.
  if (locks.length === 0) return { allowed: false, hint: 'start-no-disks' }
  if (locks.some(({ verdict, leaseSeconds }) => verdict !== 'exclusive-and-fencing' || leaseSeconds === null)) {
    return { allowed: false, hint: 'start-unfenced' }
  }
  const leaseMs = Math.max(...locks.map(({ leaseSeconds }) => (leaseSeconds ?? 0) * 1_000))
  const waitMs = leaseMs + LEASE_MARGIN_MS - (silentMs ?? 0)
  return waitMs > 0 ? { allowed: false, hint: 'start-lease', waitMs } : { allowed: true, by: 'fencing' }
}

/** The same as a refusal, by what the model knows. Null: it may be. Pure. */
export function refuseElsewhere(model: ModelSnapshot, vm: Vm, confirmed: boolean): AppError | null {
  const known = new Map(disksOfVm(model, vm).map((disk) => [disk.path, disk]))
  const locks = vm.disks
    .filter(({ device, readOnly }) => device === 'disk' && !readOnly)
    .map(({ source }) => {
      const disk = known.get(source ?? '')
      // Nobody locks a disk that several may write, and of one that no storage domain has it was never proved.
      return disk === undefined || disk.shareable ? UNPROVED : lockOf(model, disk)
    })
  const silentMs = vm.asOf === null ? null : model.now - vm.asOf
  const isLost = LOST.has(model.hosts.get(vm.hostId)?.status ?? 'non-responsive')
  const verdict = decideElsewhere({ locks, silentMs, isLost, confirmed })
  if (verdict.allowed) return null
  const { hint } = verdict
  const params = { name: vm.name, hostName: hostName(model, vm.hostId), ...(hint === null ? {} : { hint }) }
  const seconds = hint === 'start-lease' ? { seconds: Math.ceil(verdict.waitMs / 1_000) } : {}
  return new AppError('vm.status-unknown', { ...params, ...seconds }, { subject: vm.name, hostId: vm.hostId })
}

const LOST: ReadonlySet<HostStatus> = new Set(['non-responsive', 'error', 'down'])

const UNPROVED: LockProof = { verdict: 'unproved', leaseSeconds: null, provedAt: null }

function lockOf(model: ModelSnapshot, { storageDomainId }: Disk): LockProof {
  return model.storageDomains.get(storageDomainId)?.locks ?? UNPROVED
}
