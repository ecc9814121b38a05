import type { ClusterId, HostId } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'

/** What a host last told of its load. */
export interface HostUse {
  /** 0–100 of all its CPUs. */
  readonly cpuPercent: number | null
  readonly memoryUsedKiB: number | null
}

/** A hundred hosts tell several times a second: their clusters are made anew this often at most. */
export const SHOW_USE_MS = 5_000

/** The last load of each host, shown of each cluster now and then. */
export class HostUses {
  readonly #clock: Clock
  readonly #show: (clusterId: ClusterId) => void
  readonly #uses = new Map<HostId, HostUse>()
  readonly #timers = new Map<ClusterId, () => void>()

  constructor(clock: Clock, show: (clusterId: ClusterId) => void) {
    this.#clock = clock
    this.#show = show
  }

  get uses(): ReadonlyMap<HostId, HostUse> {
    return this.#uses
  }

  /** Shown with the others of its cluster, once some time is over. */
  learn(hostId: HostId, clusterId: ClusterId, use: HostUse): void {
    this.#uses.set(hostId, use)
    if (this.#timers.has(clusterId)) return
    const cancel = this.#clock.after(SHOW_USE_MS, () => {
      this.#timers.delete(clusterId)
      this.#show(clusterId)
    })
    this.#timers.set(clusterId, cancel)
  }

  /** The host is away: what it told last is not its load any more. */
  forget(hostId: HostId): void {
    this.#uses.delete(hostId)
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }
}
