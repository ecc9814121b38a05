import type { LinkClock } from './link-settings.ts'

/** The wait between two attempts, which somebody may cut short. */
export class AttemptPause {
  readonly #clock: Pick<LinkClock, 'after'>
  #underWay: { readonly end: () => void; readonly endsByItself: boolean } | null = null
  /** Somebody asked for an attempt at once while the pause had not begun yet. */
  #nudged = false

  constructor(clock: Pick<LinkClock, 'after'>) {
    this.#clock = clock
  }

  /** True while it waits for a person and nothing else. */
  get waitsForPerson(): boolean {
    return this.#underWay?.endsByItself === false
  }

  /** Waits that long, or until `end` or the signal; null: only for those. */
  async wait(pauseMs: number | null, signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const onAbort = () => ended.resolve()
    const cancel = pauseMs === null ? () => undefined : this.#clock.after(pauseMs, ended.resolve)
    const underWay = { end: ended.resolve, endsByItself: pauseMs !== null }
    this.#underWay = underWay
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted || this.#nudged) ended.resolve()
    await ended.promise
    cancel()
    signal.removeEventListener('abort', onAbort)
    if (this.#underWay !== underWay) return
    this.#underWay = null
    this.#nudged = false
  }

  /** Ends the pause under way, or the next one before it begins. */
  end(): void {
    this.#nudged = true
    this.#underWay?.end()
  }
}
