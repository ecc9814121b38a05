import type { AppError } from '../../shared/errors/index.ts'
import type { Clock } from './ports.ts'

/** How long work may take to end after its signal was aborted; then nobody waits for it any more. */
export const ABANDON_MS = 10_000

export interface Bounds {
  readonly clock: Clock
  readonly controller: AbortController
  readonly timeoutMs: number
  /** The reason of the abort when the time is over. */
  readonly timeoutError: () => AppError
}

export type SettledOutcome =
  | { readonly state: 'done'; readonly value: unknown }
  | { readonly state: 'failed'; readonly error: unknown }

export type BoundedOutcome =
  | SettledOutcome
  /** It did not even end when it was told to, and may still be doing something: `late` tells when it has ended, and how. */
  | { readonly state: 'abandoned'; readonly error: unknown; readonly late: Promise<SettledOutcome> }

/**
 * Runs `work` with a time limit. An abort gives it {@link ABANDON_MS} to end. An error that only says "aborted" is replaced
 * by the reason of the abort. Never rejects.
 */
export async function runBounded(work: () => Promise<unknown>, bounds: Bounds): Promise<BoundedOutcome> {
  const { clock, controller, timeoutMs, timeoutError } = bounds
  const { signal } = controller
  const cancelTimeout = clock.after(timeoutMs, () => controller.abort(timeoutError()))
  const late = settle(work, signal)
  let cancelAbandon: () => void = () => undefined
  let giveUpSoon: () => void = () => undefined
  const abandoned = new Promise<BoundedOutcome>((resolve) => {
    giveUpSoon = () => {
      cancelAbandon = clock.after(ABANDON_MS, () => resolve({ state: 'abandoned', error: signal.reason, late }))
    }
  })
  if (signal.aborted) giveUpSoon()
  else signal.addEventListener('abort', giveUpSoon)
  try {
    return await Promise.race([late, abandoned])
  } finally {
    cancelTimeout()
    cancelAbandon()
    signal.removeEventListener('abort', giveUpSoon)
  }
}

async function settle(work: () => Promise<unknown>, signal: AbortSignal): Promise<SettledOutcome> {
  try {
    return { state: 'done', value: await work() }
  } catch (error) {
    return { state: 'failed', error: signal.aborted && isAbortError(error) ? signal.reason : error }
  }
}

/** What Node's and the web's own calls reject with when their signal is aborted. Anything else is a failure of its own. */
function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
