import type { HostId } from '../../shared/domain/index.ts'
import { type HostLink, isActiveState } from '../hosts/index.ts'

export interface VmCount {
  readonly vmCount: number
  readonly runningVmCount: number
}

/** How many VMs each host has and runs. An event looks at the domains that it names, however many the host has. */
export class VmCounts {
  readonly #running = new Map<HostId, Set<string>>()
  readonly #counts = new Map<HostId, VmCount>()

  of(hostId: HostId): VmCount {
    return this.#counts.get(hostId) ?? { vmCount: 0, runningVmCount: 0 }
  }

  /** These domains of the host were read again. True when that changed a number. */
  update({ id, domains }: Pick<HostLink, 'id' | 'domains'>, uuids: Iterable<string>): boolean {
    const running = this.#running.get(id) ?? new Set()
    this.#running.set(id, running)
    for (const uuid of uuids) {
      const record = domains.get(uuid)
      if (record !== undefined && isActiveState(record.state)) running.add(uuid)
      else running.delete(uuid)
    }
    const before = this.of(id)
    if (before.vmCount === domains.size && before.runningVmCount === running.size) return false
    this.#counts.set(id, { vmCount: domains.size, runningVmCount: running.size })
    return true
  }

  forget(hostId: HostId): void {
    this.#running.delete(hostId)
    this.#counts.delete(hostId)
  }
}
