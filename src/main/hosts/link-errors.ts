import { AppError, isAppError } from '../../shared/errors/index.ts'
import { isLibvirtError } from '../libvirt/index.ts'
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

/** `VIR_FROM_RPC`: the error is about a daemon's own connection to another daemon. */
const DOMAIN_RPC = 7

/** The socket that a daemon could not connect to when it passed a call on; null: the error says something else. Pure. */
export function findUnreachedSocket(error: unknown): string | null {
  if (!isLibvirtError(error, 'system') || error.params.libvirtDomain !== DOMAIN_RPC) return null
  // The words are in the daemon's language; the path is not.
  return /\/[^\s'"«»“”]{1,200}-sock\b/.exec(error.params.message)?.[0] ?? 'socket'
}

/**
 * True when the daemon answers but has lost its own connection to the driver's daemon. It does not open it again, so that every
 * call to that driver fails until the client leaves. Pure.
 */
export function isDriverConnectionBroken(error: unknown): boolean {
  return isLibvirtError(error, 'internal') && error.params.libvirtDomain === DOMAIN_RPC
}

/** What keeps a driver from being used: it is not there (yet, or any more), or it is there and does not do its work. */
export type DriverTrouble = 'absent' | 'failed'

/** Which of the two an error of connecting to a driver or of calling it means. Pure. */
export function decideDriverTrouble(error: AppError): DriverTrouble {
  // The daemon has no such driver, or nothing listens where the driver's own daemon would.
  if (isLibvirtError(error, 'noSupport') || isLibvirtError(error, 'noConnection')) return 'absent'
  if (findUnreachedSocket(error) !== null) return 'absent'
  if (isAppError(error, 'host.libvirt-missing') || isAppError(error, 'host.libvirt-not-running')) return 'absent'
  return 'failed'
}
