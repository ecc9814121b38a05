/** Time as a simulated host sees it. */
export interface SimulationClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some moment; never goes back. */
  monotonicMs(): number
  after(delayMs: number, action: () => void): () => void
}

/** This computer's own clock. Its timers keep no program alive. */
export const systemSimulationClock: SimulationClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
