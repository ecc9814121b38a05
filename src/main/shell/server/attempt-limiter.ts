/** Slows guessing down: after `freeAttempts` failures in a row each further one doubles the wait, up to `maxWaitMs`. */
export interface AttemptLimiter {
  /** Milliseconds until `key` may try again; 0 when it may now. */
  waitMs(key: string): number
  failed(key: string): void
  succeeded(key: string): void
}

interface Attempts {
  failures: number
  /** By the monotonic clock. */
  blockedUntilMs: number
}

/** How many addresses are remembered; beyond it the oldest is forgotten. */
const KEY_LIMIT = 1_000

export function createAttemptLimiter(options: {
  readonly freeAttempts: number
  readonly maxWaitMs: number
  readonly monotonicMs: () => number
}): AttemptLimiter {
  const attempts = new Map<string, Attempts>()
  return {
    waitMs: (key) => Math.max(0, (attempts.get(key)?.blockedUntilMs ?? 0) - options.monotonicMs()),
    failed(key) {
      const entry = attempts.get(key) ?? { failures: 0, blockedUntilMs: 0 }
      entry.failures += 1
      const excess = entry.failures - options.freeAttempts
      if (excess >= 0)
        entry.blockedUntilMs = options.monotonicMs() + Math.min(options.maxWaitMs, 1_000 * 2 ** Math.min(excess, 20))
      attempts.delete(key)
      attempts.set(key, entry)
      for (const oldest of attempts.keys()) {
        if (attempts.size <= KEY_LIMIT) break
        attempts.delete(oldest)
      }
    },
    succeeded(key) {
      attempts.delete(key)
    },
  }
}
