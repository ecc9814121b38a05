import { AppError } from '../../shared/errors/index.ts'

const REASON_LIMIT = 300

/** The `code` of a system error (`ENOENT`), or ''. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** A short reason for a person: the system error's code, else the message, bounded and without control characters. */
export function reasonOf(error: unknown): string {
  const code = errorCodeOf(error)
  return code === '' ? boundText(error instanceof Error ? error.message : String(error)) : code
}

/** Text that came from a host, made fit for a message: one line, bounded, printable. */
export function boundText(text: string, limit = REASON_LIMIT): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, limit)
}

/** The error for an operation whose caller gave up. */
export function abortedError(operation: string, signal?: AbortSignal): AppError {
  return new AppError('ssh.aborted', { operation }, { retry: 'safe', cause: signal?.reason })
}

/** Throws when the caller has already given up. */
export function throwIfAborted(signal: AbortSignal | undefined, operation: string): void {
  if (signal?.aborted) throw abortedError(operation, signal)
}

/** Lets time pass. Errors: ssh.aborted, at once when the caller gives up. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(abortedError('exec', signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
  })
}

export interface Deadline {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly operation: string
  /** What is thrown when the time is up. */
  timedOut(): AppError
}

/**
 * Waits for `work` no longer than its time limit and the caller's signal allow. What comes too late goes to
 * `discard`, so that a channel that opens after everybody left is closed and not leaked.
 */
export function withDeadline<T>(work: Promise<T>, deadline: Deadline, discard?: (late: T) => void): Promise<T> {
  const { timeoutMs, signal, operation } = deadline
  return new Promise<T>((resolve, reject) => {
    let settled = false
    const settle = (act: () => void) => {
      if (settled) return false
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      act()
      return true
    }
    const onAbort = () => settle(() => reject(abortedError(operation, signal)))
    const timer = setTimeout(() => settle(() => reject(deadline.timedOut())), timeoutMs)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    work.then(
      (value) => {
        if (!settle(() => resolve(value))) discard?.(value)
      },
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
