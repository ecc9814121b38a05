import type { Clock } from '../../../../src/main/engine/index.ts'

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 1_800_000_000_000
  #timers: { at: number; action: () => void }[] = []

  now(): number {
    return this.#now
  }

  get timerCount(): number {
    return this.#timers.length
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#now + delayMs, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** As when somebody corrects the computer's clock: timers run by what passes, not by what it shows. */
  setBack(ms: number): void {
    this.#now -= ms
    this.#timers = this.#timers.map((timer) => Object.assign(timer, { at: timer.at - ms }))
  }

  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((left, right) => left.at - right.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#now = Math.max(this.#now, due.at)
      due.action()
    }
    this.#now = end
  }
}

/** Lets everything that is ready to run do so: promises and the event loop's current turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
