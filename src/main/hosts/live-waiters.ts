import type { LinkClock } from './link-settings.ts'

/** Those who wait for a link to become live. */
export class LiveWaiters {
  readonly #waiters = new Set<() => void>()
  readonly #clock: Pick<LinkClock, 'after'>

  constructor(clock: Pick<LinkClock, 'after'>) {
    this.#clock = clock
  }

  /** Resolves true at the next `notify`, false when the time is over or one of the signals says so. */
  wait(timeoutMs: number, signals: readonly AbortSignal[]): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (live: boolean) => {
        this.#waiters.delete(onLive)
        cancelTimer()
        for (const each of signals) each.removeEventListener('abort', onGiveUp)
        resolve(live)
      }
      const onLive = () => finish(true)
      const onGiveUp = () => finish(false)
      const cancelTimer = this.#clock.after(timeoutMs, onGiveUp)
      this.#waiters.add(onLive)
      for (const each of signals) each.addEventListener('abort', onGiveUp, { once: true })
      if (signals.some((each) => each.aborted)) onGiveUp()
    })
  }

  notify(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }
}
