/** The longest that `setTimeout` can wait; more, and it would fire at once. */
const DELAY_MAX_MS = 2 ** 31 - 1

/**
 * One timer for all deadlines of a connection. It is armed for the earliest deadline and, since calls mostly have the
 * same time limit and are answered long before it, it is set about once per time limit and not once per call.
 */
export class DeadlineTimer {
  readonly #expire: (nowMs: number) => number
  #timer: NodeJS.Timeout | undefined
  #armedForMs = Number.POSITIVE_INFINITY

  /** `expire` deals with everything due at `nowMs` and returns the next deadline, or infinity. */
  constructor(expire: (nowMs: number) => number) {
    this.#expire = expire
  }

  /** Makes sure that `expire` runs soon after `deadlineMs` (of `performance.now()`). */
  watch(deadlineMs: number): void {
    if (deadlineMs < this.#armedForMs) this.#arm(deadlineMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#armedForMs = Number.POSITIVE_INFINITY
  }

  #arm(deadlineMs: number): void {
    clearTimeout(this.#timer)
    this.#armedForMs = deadlineMs
    const delayMs = Math.min(DELAY_MAX_MS, Math.max(1, Math.ceil(deadlineMs - performance.now())))
    this.#timer = setTimeout(() => this.#fire(), delayMs)
    this.#timer.unref()
  }

  #fire(): void {
    this.stop()
    const nextMs = this.#expire(performance.now())
    if (nextMs !== Number.POSITIVE_INFINITY) this.watch(nextMs)
  }
}
