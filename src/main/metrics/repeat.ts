import { isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'

/** Work that is done again and again, one at a time. */
export interface Repeated {
  /** Does it at once, or, when it is being done, once more after that. */
  again(): void
  /** Aborts what runs. */
  stop(): void
}

export interface RepeatOptions {
  readonly clock: Clock
  readonly log: Log
  readonly intervalMs: number
}

/** Does `work` at once and then `intervalMs` after each time. What fails is left to the next time: the host may be away. */
export function repeat(
  { clock, log, intervalMs }: RepeatOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Repeated {
  const stopping = new AbortController()
  let cancelTimer: () => void = () => undefined
  let isRunning = false
  let isWanted = false
  const run = async () => {
    cancelTimer()
    isRunning = true
    do {
      isWanted = false
      try {
        await work(stopping.signal)
      } catch (error) {
        if (!isAppError(error)) log.error({ err: error }, 'reading what somebody looks at failed by a bug')
      }
    } while (isWanted && !stopping.signal.aborted)
    isRunning = false
    if (!stopping.signal.aborted) cancelTimer = clock.after(intervalMs, () => void run())
  }
  void run()
  return {
    again: () => {
      if (isRunning) isWanted = true
      else if (!stopping.signal.aborted) void run()
    },
    stop: () => {
      stopping.abort()
      cancelTimer()
    },
  }
}
