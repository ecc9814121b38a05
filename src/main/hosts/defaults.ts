import type { LinkClock, LinkLog } from './link-settings.ts'

/** The computer's own clock and timers. */
export const systemLinkClock: LinkClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}

function discard(): void {
  // For those who want no log.
}

/** A log that goes nowhere. */
export const silentLinkLog: LinkLog = { info: discard, warn: discard, error: discard }
