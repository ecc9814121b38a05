/** Time as the engine sees it: injected, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `action` once after `delayMs`. Returns how to call it off. */
  after(delayMs: number, action: () => void): () => void
}

/** The computer's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}
