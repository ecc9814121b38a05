import { AppError, isAppError } from '../../shared/errors/index.ts'
import { decideBackoffMs, needsPerson } from './backoff.ts'
import { reasonOf } from './failure.ts'
import { watchNetwork } from './network-watch.ts'
import type { SshSession } from './types.ts'

/** A connection that lived this long starts its backoff anew when it is lost. */
const STABLE_MS = 30_000

/** Where a kept connection stands. Times in milliseconds since 1970. */
export type LinkState =
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'connected'; readonly session: SshSession }
  | { readonly status: 'lost'; readonly error: AppError; readonly nextAttemptAt: number }
  /** No later attempt can mend it by itself; `nudge()` tries again, once the person has done something. */
  | { readonly status: 'refused'; readonly error: AppError }
  | { readonly status: 'stopped' }

export interface KeepConnectedOptions {
  /** One attempt; must follow the signal. */
  readonly connect: (signal: AbortSignal) => Promise<SshSession>
  readonly onState: (state: LinkState) => void
  /** In [0, 1); for tests. */
  readonly random?: () => number
  /** Starts watching for the network to come back, returns how to stop; for tests. */
  readonly watch?: (onChange: () => void) => () => void
}

export interface KeptConnection {
  readonly state: LinkState
  /** Tries now instead of later; does nothing while connected or connecting. */
  nudge(): void
  /** Closes the session or gives up the attempt; resolves when that has ended. */
  stop(): Promise<void>
}

/**
 * Keeps a host connected: connects, and after a loss connects again with growing, jittered pauses, at once when the
 * network comes back. Starts by itself.
 */
export function keepConnected(options: KeepConnectedOptions): KeptConnection {
  const controller = new AbortController()
  const random = options.random ?? Math.random
  let state: LinkState = { status: 'connecting', attempt: 0 }
  let wake: (() => void) | null = null
  const show = (next: LinkState): void => {
    state = next
    options.onState(next)
  }
  const pause = (delayMs: number | null): Promise<void> =>
    new Promise((resolve) => {
      const timer = delayMs === null ? undefined : setTimeout(() => wake?.(), delayMs)
      wake = () => {
        clearTimeout(timer)
        wake = null
        resolve()
      }
      if (controller.signal.aborted) wake()
    })
  const nudge = (): void => wake?.()
  const unwatch = (options.watch ?? watchNetwork)(() => {
    // A new network makes an attempt worth while, but not a wrong password right.
    if (state.status === 'lost') nudge()
  })

  /** Connects and waits for the end; the error says why it ended, null that somebody closed the session. */
  const runOnce = async (attempt: number): Promise<{ error: AppError | null; livedMs: number }> => {
    show({ status: 'connecting', attempt })
    let startedAt = Date.now()
    try {
      const session = await options.connect(controller.signal)
      startedAt = Date.now()
      const close = (): void => void session.close()
      controller.signal.addEventListener('abort', close)
      if (controller.signal.aborted) close()
      else show({ status: 'connected', session })
      const error = await session.closed
      controller.signal.removeEventListener('abort', close)
      return { error, livedMs: Date.now() - startedAt }
    } catch (error) {
      return { error: toAppError(error), livedMs: 0 }
    }
  }

  const run = async (): Promise<void> => {
    let attempt = 0
    while (!controller.signal.aborted) {
      const { error, livedMs } = await runOnce(attempt)
      if (controller.signal.aborted) break
      if (livedMs >= STABLE_MS) attempt = 0
      if (needsPerson(error)) {
        show({ status: 'refused', error })
        attempt = 0
        await pause(null)
        continue
      }
      const delayMs = decideBackoffMs(attempt++, random())
      const reason = error ?? new AppError('ssh.connection-lost', { address: '', reason: 'closed' }, { retry: 'safe' })
      show({ status: 'lost', error: reason, nextAttemptAt: Date.now() + delayMs })
      await pause(delayMs)
    }
    unwatch()
    show({ status: 'stopped' })
  }
  const running = run()

  return {
    get state() {
      return state
    },
    nudge,
    async stop() {
      controller.abort()
      nudge()
      await running
    },
  }
}

function toAppError(error: unknown): AppError {
  return isAppError(error) ? error : new AppError('internal', { detail: reasonOf(error) }, { cause: error })
}
