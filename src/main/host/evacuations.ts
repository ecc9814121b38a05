import type { HostId, Vm } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** A running VM of a host that is to be emptied. */
export interface Evacuee {
  readonly vm: Pick<Vm, 'id' | 'name'>
  /** Why it cannot be moved to any other host; null: it can. */
  readonly obstacle: AppError | null
}

/** How hosts are emptied. It is what migrations know; a host only says that it is to be. */
export interface Evacuations {
  /** The VMs that run on a host, in the order in which they should leave it. Pure. */
  evacueesOf(model: ModelSnapshot, hostId: HostId): readonly Evacuee[]
}

/** Those that can be moved away. */
export function movableOf(evacuees: readonly Evacuee[]): readonly Evacuee['vm'][] {
  return evacuees.filter(({ obstacle }) => obstacle === null).map(({ vm }) => vm)
}
