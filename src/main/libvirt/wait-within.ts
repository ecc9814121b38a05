import { AppError } from '../../shared/errors/index.ts'
import type { CallOptions } from './call-options.ts'

/**
 * Waits for `work` no longer than the time limit (if there is one) and the signal allow. `work` itself goes on.
 * Rejects with what `work` rejects with, `libvirt.call-timed-out` or `libvirt.call-aborted`.
 */
export function waitWithin<T>(work: Promise<T>, procedure: string, options: CallOptions): Promise<T> {
  const { timeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    const onTimeout = (): void =>
      settle(() => reject(new AppError('libvirt.call-timed-out', { procedure, timeoutMs: timeoutMs ?? 0 }, RETRY)))
    const onAbort = (): void =>
      settle(() => reject(new AppError('libvirt.call-aborted', { procedure }, { ...RETRY, cause: signal?.reason })))
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs)
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}

const RETRY = { retry: 'after-refresh' } as const
