import type { Clock } from '../../../../src/main/engine/index.ts'

/** The year in which a computer without a battery for its clock may begin. */
export const YEAR_2036 = Date.UTC(2036, 0, 1)

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #wall = 1_800_000_000_000
  #monotonicMs = 5_000
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#wall
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  get timerCount(): number {
    return this.#timers.length
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#monotonicMs + delayMs, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** As when somebody corrects the computer's clock: timers run by what passes, not by what it shows. */
  setBack(ms: number): void {
    this.#wall -= ms
  }

  /** The same to a certain time. */
  setTo(at: number): void {
    this.#wall = at
  }

  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.#monotonicMs + ms
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((left, right) => left.at - right.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#moveTo(Math.max(this.#monotonicMs, due.at))
      due.action()
    }
    this.#moveTo(end)
  }

  #moveTo(monotonicMs: number): void {
    this.#wall += monotonicMs - this.#monotonicMs
    this.#monotonicMs = monotonicMs
  }
}

/** Lets everything that is ready to run do so: promises and the event loop's current turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
