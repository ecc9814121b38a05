import { AppError, isAppError } from '../../shared/errors/index.ts'
import { XmlError } from '../xml/index.ts'

/** An attempt, or a connection, that ended because somebody asked for another one. */
export function abortedByUs(): AppError {
  return new AppError('ssh.aborted', { operation: 'connect' }, { retry: 'safe' })
}

/** The end of a link that gave no reason. */
export function lostError(address: string): AppError {
  return new AppError('ssh.connection-lost', { address, reason: 'closed' }, { retry: 'safe' })
}

/** What stopped an attempt, as an error that can be shown; anything unexpected is `internal`. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  if (error instanceof XmlError)
    return new AppError('libvirt.protocol-violation', { detail: error.message }, { cause: error })
  const detail = error instanceof Error ? error.message : String(error)
  return new AppError('internal', { detail: detail.slice(0, 500) }, { cause: error })
}
