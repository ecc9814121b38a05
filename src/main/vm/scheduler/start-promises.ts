import type { HostId, VmId } from '../../../shared/domain/index.ts'

/** Memory of machines that are being started, KiB by host: two that are started at once must not be given the same. */
export class StartPromises {
  readonly #byHost = new Map<HostId, Map<VmId, number>>()

  on(hostId: HostId): ReadonlyMap<VmId, number> {
    return this.#byHost.get(hostId) ?? new Map()
  }

  /** Returns how to take it back: when the machine is seen to run, or does not. */
  make(hostId: HostId, vmId: VmId, memoryKiB: number): () => void {
    const promised = this.#byHost.get(hostId) ?? new Map<VmId, number>()
    this.#byHost.set(hostId, promised.set(vmId, memoryKiB))
    return () => {
      promised.delete(vmId)
      if (promised.size === 0 && this.#byHost.get(hostId) === promised) this.#byHost.delete(hostId)
    }
  }
}
