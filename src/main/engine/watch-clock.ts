import { readFileSync } from 'node:fs'
import type { Clock } from './ports.ts'

const LOOK_INTERVAL_MS = 5_000
/** Less than this is the clock being steered, or a timer that came late. */
const SET_MS = 500

export interface WatchClockOptions {
  readonly clock: Clock
  /** The wall's clock was set by so much, forward or back: stamps from before are off by it. */
  readonly onSet: (deltaMs: number) => void
  /** Milliseconds since the computer was started, counting those in which it slept; null where the system does not tell. */
  readonly uptimeMs?: () => number | null
}

/**
 * Notices when somebody sets the computer's clock. A computer that slept shows the same, as its monotonic clock stands still
 * meanwhile: there time has really passed. Only Linux tells the two apart; elsewhere a clock that is ahead counts as slept.
 * Returns how to stop.
 */
export function watchClock({ clock, onSet, uptimeMs = readUptimeMs }: WatchClockOptions): () => void {
  const slept = () => {
    const uptime = uptimeMs()
    return uptime === null ? null : uptime - clock.monotonicMs()
  }
  const drift = () => clock.now() - clock.monotonicMs()
  let driftBefore = drift()
  let sleptBefore = slept()
  let cancelTimer: () => void = () => undefined

  function look(): void {
    const [driftNow, sleptNow] = [drift(), slept()]
    const movedMs = driftNow - driftBefore
    const sleptMs = sleptNow === null || sleptBefore === null ? Math.max(0, movedMs) : sleptNow - sleptBefore
    driftBefore = driftNow
    sleptBefore = sleptNow
    cancelTimer = clock.after(LOOK_INTERVAL_MS, look)
    if (Math.abs(movedMs - sleptMs) > SET_MS) onSet(Math.round(movedMs - sleptMs))
  }

  cancelTimer = clock.after(LOOK_INTERVAL_MS, look)
  return () => cancelTimer()
}

/** proc(5): the first number of /proc/uptime counts sleep in. */
function readUptimeMs(): number | null {
  try {
    return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1_000
  } catch {
    return null
  }
}
