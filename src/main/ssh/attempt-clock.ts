/** The time limit of an attempt to connect, which stands still while a person is asked. */
export interface AttemptClock {
  /** Aborts when the time is up or when the caller gives up. */
  readonly signal: AbortSignal
  readonly timedOut: () => boolean
  /** With true the clock stops, with false it goes on with the time that was left. */
  readonly pause: (waiting: boolean) => void
  readonly stop: () => void
}

/** Builds a clock of `timeoutMs` that also follows the caller's signal. */
export function createAttemptClock(timeoutMs: number, signal?: AbortSignal): AttemptClock {
  const controller = new AbortController()
  let expired = false
  let leftMs = timeoutMs
  let startedAt = performance.now()
  let stopped = false
  const expire = (): void => {
    expired = true
    controller.abort(new Error(`no connection in ${timeoutMs} ms`))
  }
  let timer = setTimeout(expire, leftMs)
  const onAbort = (): void => controller.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort)
  return {
    signal: controller.signal,
    timedOut: () => expired,
    pause: (waiting) => {
      clearTimeout(timer)
      if (waiting) {
        leftMs = Math.max(0, leftMs - (performance.now() - startedAt))
      } else if (!stopped) {
        // An attempt may end while the person is still thinking.
        startedAt = performance.now()
        timer = setTimeout(expire, leftMs)
      }
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    },
  }
}
