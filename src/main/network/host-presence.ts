import type { HostId, NetworkId } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'
import type { Presence } from './decide-network-status.ts'

/** A network as it is set up on a host. */
export interface SeenNetwork {
  readonly networkId: NetworkId
  /** The NIC or bond below it has a link. */
  readonly linkUp: boolean
}

interface Seen {
  readonly linkUp: boolean
  /** Monotonic: since when it is so. */
  readonly sinceMs: number
}

export interface HostPresenceOptions {
  readonly clock: Clock
  /** For how long a link may be down before the network counts as missing. */
  readonly patienceMs: () => number
  /** Which networks a host has is other than it was. */
  readonly onChange: (hostId: HostId) => void
}

/** Which hosts have which networks, as they last told. A link that comes back within the patience was never away. */
export class HostPresence {
  readonly #options: HostPresenceOptions
  readonly #seen = new Map<HostId, ReadonlyMap<NetworkId, Seen>>()
  readonly #timers = new Map<HostId, () => void>()

  constructor(options: HostPresenceOptions) {
    this.#options = options
  }

  learn(hostId: HostId, networks: readonly SeenNetwork[]): void {
    const now = this.#options.clock.monotonicMs()
    const before = this.#seen.get(hostId)
    const after = networks.map(({ networkId, linkUp }) => {
      const was = before?.get(networkId)
      return [networkId, was?.linkUp === linkUp ? was : { linkUp, sinceMs: now }] as const
    })
    this.#seen.set(hostId, new Map(after))
    this.#arm(hostId)
    this.#options.onChange(hostId)
  }

  /** Nothing is known of it any more. */
  forget(hostId: HostId): void {
    if (!this.#seen.delete(hostId)) return
    this.#arm(hostId)
    this.#options.onChange(hostId)
  }

  of(hostId: HostId, networkId: NetworkId): Presence {
    const networks = this.#seen.get(hostId)
    if (networks === undefined) return 'unknown'
    const seen = networks.get(networkId)
    if (seen === undefined) return 'missing'
    return seen.linkUp || this.#leftMs(seen) > 0 ? 'up' : 'missing'
  }

  /** Hosts that have it set up, with a link or without. */
  hostsWith(networkId: NetworkId): readonly HostId[] {
    return [...this.#seen].flatMap(([hostId, networks]) => (networks.has(networkId) ? [hostId] : []))
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #leftMs({ sinceMs }: Seen): number {
    return sinceMs + this.#options.patienceMs() - this.#options.clock.monotonicMs()
  }

  /** Wakes when the next link has been down for too long. */
  #arm(hostId: HostId): void {
    this.#timers.get(hostId)?.()
    this.#timers.delete(hostId)
    const left = [...(this.#seen.get(hostId)?.values() ?? [])]
      .filter(({ linkUp }) => !linkUp)
      .map((seen) => this.#leftMs(seen))
      .filter((ms) => ms > 0)
    if (left.length === 0) return
    const cancel = this.#options.clock.after(Math.min(...left), () => {
      this.#arm(hostId)
      this.#options.onChange(hostId)
    })
    this.#timers.set(hostId, cancel)
  }
}
