import type { HostId, HostWish } from '../../shared/domain/index.ts'
import type { Clock } from '../engine/index.ts'
import type { HostWishesRepository } from '../inventory/index.ts'
import { NO_WISH } from './host-wish.ts'

export interface HostWishesOptions {
  readonly store: HostWishesRepository
  readonly clock: Clock
  /** How long a reboot or a shutdown may take, milliseconds. */
  readonly returnMs: () => number
}

interface Entry {
  readonly wish: HostWish
  /** When the power wish was made or, after a restart of the engine, found; by the monotonic clock. */
  readonly powerMs: number
  /** Set by the timer that tells of it, so that all who look see it from the same moment. */
  readonly isOverdue: boolean
  readonly cancelTimer: () => void
}

/** What is wished of each host: stored, and told to whoever computes a status of it. */
export class HostWishes {
  readonly #options: HostWishesOptions
  readonly #entries = new Map<HostId, Entry>()
  readonly #listeners = new Set<(hostId: HostId) => void>()

  constructor(options: HostWishesOptions) {
    this.#options = options
  }

  /** Reads what is stored. A reboot that was asked of an engine before this one is given its time anew. Errors: those of the inventory. */
  async open(): Promise<void> {
    for (const [hostId, wish] of await this.#options.store.fetchAll()) this.#enter(hostId, wish)
  }

  of(hostId: HostId): HostWish {
    return this.#entries.get(hostId)?.wish ?? NO_WISH
  }

  /** True once the time that a reboot or shutdown may take is over. */
  isOverdue(hostId: HostId): boolean {
    return this.#entries.get(hostId)?.isOverdue ?? false
  }

  /** Stores what is wished from now on. Errors: inventory.write-failed. */
  async change(hostId: HostId, wish: HostWish): Promise<void> {
    await this.#options.store.save(hostId, wish)
    this.#enter(hostId, wish)
    this.#tell(hostId)
  }

  /** Called when a wish changed, and when one has become overdue. Returns how to stop. */
  onChange(listener: (hostId: HostId) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The host is gone from the inventory, and what was wished of it with it. */
  forget(hostId: HostId): void {
    this.#entries.get(hostId)?.cancelTimer()
    this.#entries.delete(hostId)
  }

  stop(): void {
    for (const hostId of [...this.#entries.keys()]) this.forget(hostId)
  }

  #enter(hostId: HostId, wish: HostWish): void {
    const { clock, returnMs } = this.#options
    const before = this.#entries.get(hostId)
    before?.cancelTimer()
    const isSame = before !== undefined && before.wish.power === wish.power
    const powerMs = isSame ? before.powerMs : clock.monotonicMs()
    const leftMs = powerMs + returnMs() - clock.monotonicMs()
    const isOverdue = wish.power !== null && leftMs <= 0
    const cancelTimer =
      wish.power === null || isOverdue ? () => undefined : clock.after(leftMs, () => this.#becomeOverdue(hostId))
    this.#entries.set(hostId, { wish, powerMs, isOverdue, cancelTimer })
  }

  #becomeOverdue(hostId: HostId): void {
    const entry = this.#entries.get(hostId)
    if (entry === undefined) return
    this.#entries.set(hostId, { ...entry, isOverdue: true })
    this.#tell(hostId)
  }

  #tell(hostId: HostId): void {
    for (const listener of [...this.#listeners]) listener(hostId)
  }
}
