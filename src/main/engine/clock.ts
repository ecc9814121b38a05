/** Time as the engine sees it: injected, so that tests can hold it still. */
export interface Clock {
  /**
   * Milliseconds since the epoch, as the computer's clock shows them: for stamps that people read. It can be set, forward and
   * back: it measures nothing and orders nothing.
   */
  now(): number
  /** Milliseconds that have passed since some moment before the engine began: for durations, limits and order. Never goes back. */
  monotonicMs(): number
  /** Runs `action` once after `delayMs`. Returns how to call it off. */
  after(delayMs: number, action: () => void): () => void
}

/** The computer's own clocks and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}
