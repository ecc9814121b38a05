import type { VmId } from '../../shared/domain/index.ts'
import type { HostLink } from '../hosts/index.ts'
import type { ActedOn } from '../vm/index.ts'
import { type FoundSnapshot, fetchSnapshots } from './fetch-snapshots.ts'

const VMS_LIMIT = 256
const READ_MS = 20_000

/** What was last read of machines' snapshots: by it commands are decided, which do no I/O then. */
export class KnownSnapshots {
  readonly #byVm = new Map<VmId, readonly FoundSnapshot[]>()
  readonly #listeners = new Map<VmId, Set<() => void>>()

  /** Null: they were not read yet. */
  of(vmId: VmId): readonly FoundSnapshot[] | null {
    return this.#byVm.get(vmId) ?? null
  }

  /** Reads them anew. Errors: those of the link. */
  async read(link: HostLink, vm: ActedOn, signal: AbortSignal = AbortSignal.timeout(READ_MS)) {
    const found = await fetchSnapshots(link, vm, signal)
    this.#byVm.delete(vm.id)
    this.#byVm.set(vm.id, found)
    for (const oldest of this.#byVm.keys()) {
      if (this.#byVm.size <= VMS_LIMIT) break
      this.#byVm.delete(oldest)
    }
    return found
  }

  /** Somebody here has changed them: who shows them reads them again. */
  announce(vmId: VmId): void {
    for (const listener of this.#listeners.get(vmId) ?? []) listener()
  }

  /** Told of each such change. Returns how to stop. */
  onChanged(vmId: VmId, listener: () => void): () => void {
    const listeners = this.#listeners.get(vmId) ?? new Set()
    this.#listeners.set(vmId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(vmId)
    }
  }
}
