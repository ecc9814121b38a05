import { type AppError, isAppError } from '../../../shared/errors/index.ts'
import type { DiskHost } from '../on-host/run-as-root.ts'

/** How long a host that is gone is waited for. */
const HOST_AWAY_MS = 15 * 60_000
const LOOK_MS = 10_000
const PAUSE_MS = 1_000

export interface Patience {
  /** The host that sees to the domain now; throws an AppError while none does. */
  readonly host: () => DiskHost
  readonly signal: AbortSignal
  readonly monotonicMs: () => number
  /** It is gone, and waited for. */
  readonly onPaused: (error: AppError) => void
}

/**
 * Does what can be begun anew; when the way to the host is lost, waits for a host and does it again. `hasMoved`: whether the last attempt came
 * further than the one before, so that it is waited for anew. Rejects with what is not the loss of a host, with that after a quarter of an hour, and with the signal's reason.
 */
export async function withPatience<T>(
  patience: Patience,
  work: () => Promise<T>,
  hasMoved: () => boolean = () => false,
): Promise<T> {
  const { signal, monotonicMs, onPaused } = patience
  let awaySinceMs: number | null = null
  for (;;) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!isHostGone(error)) throw error
      if (hasMoved()) awaySinceMs = null
      awaySinceMs ??= monotonicMs()
      onPaused(error)
      while (!(await isBack(patience))) {
        if (monotonicMs() - awaySinceMs > HOST_AWAY_MS) throw error
      }
    }
  }
}

/** Whether the way to the host was lost, rather than something refused. */
function isHostGone(error: unknown): error is AppError {
  if (!isAppError(error)) return false
  return error.code.startsWith('ssh.') || error.code === 'host.not-connected' || error.code === 'host.bulk-lost'
}

/** Waits a while for the host. */
async function isBack({ host, signal }: Patience): Promise<boolean> {
  // So that one that is there and refuses is not asked all the time.
  await pause(PAUSE_MS, signal)
  try {
    return await host().whenLive(LOOK_MS, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (isAppError(error)) return false
    throw error
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}
