import { connect, type Socket } from 'node:net'
import { AppError } from '../../shared/errors/index.ts'
import { abortedError, errorCodeOf, reasonOf } from './failure.ts'

/** Opens a TCP connection without Nagle's delay. Errors: ssh.name-not-found, ssh.unreachable, ssh.aborted. */
export function openTcp(options: {
  readonly address: string
  readonly port: number
  readonly family: 0 | 4 | 6
  readonly signal: AbortSignal
}): Promise<Socket> {
  const { address, port, family, signal } = options
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortedError('connect', signal))
      return
    }
    const socket = connect({ host: address, port, family, noDelay: true, keepAlive: true })
    const onAbort = (): void => {
      socket.destroy()
      reject(abortedError('connect', signal))
    }
    signal.addEventListener('abort', onAbort)
    const onError = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      reject(toConnectError(address, port, error))
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', onError)
      resolve(socket)
    })
  })
}

function toConnectError(address: string, port: number, error: Error): AppError {
  // Several addresses were tried: the first failure speaks for all.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  const code = errorCodeOf(first) || errorCodeOf(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NONAME') {
    return new AppError('ssh.name-not-found', { address }, { retry: 'safe', cause: error })
  }
  return new AppError('ssh.unreachable', { address, port, reason: reasonOf(first) }, { retry: 'safe', cause: error })
}
