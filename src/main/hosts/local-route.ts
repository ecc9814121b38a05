import { connect, type NetConnectOpts } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { HostRoute, RouteCallOptions } from './host-route.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** The way to this computer's own libvirt: the first of `sockets` that answers. */
export function openLocalRoute(sockets: readonly string[]): HostRoute {
  const ended = Promise.withResolvers<AppError | null>()
  return {
    session: null,
    hostKey: null,
    endpoint: null,
    openLibvirt: (options) => openFirst(sockets, options),
    forwardSocket: (path, options = {}) => open({ path }, path, options),
    forwardTcp: (host, port, options = {}) => open({ host, port }, `${host}:${port}`, options),
    closed: ended.promise,
    close: async () => ended.resolve(null),
  }
}

async function openFirst(sockets: readonly string[], options: RouteCallOptions): Promise<Duplex> {
  const failures: AppError[] = []
  for (const path of sockets) {
    try {
      return await open({ path }, path, options)
    } catch (error) {
      failures.push(libvirtSocketError(path, sockets, error))
    }
  }
  const telling = failures.find((failure) => failure.code !== 'host.libvirt-missing') ?? failures[0]
  throw telling ?? new AppError('host.libvirt-missing', { address: 'localhost', tried: '' })
}

function libvirtSocketError(path: string, tried: readonly string[], error: unknown): AppError {
  if (!isAppError(error)) throw error
  const address = 'localhost'
  const code = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('host.libvirt-missing', { address, tried: tried.join(', ') }, { cause: error })
  }
  if (code === 'ECONNREFUSED')
    return new AppError('host.libvirt-not-running', { address, socket: path }, { cause: error })
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('host.libvirt-permission', { user: '', socket: path, group: 'libvirt' }, { cause: error })
  }
  return error
}

function open(target: NetConnectOpts, name: string, { timeoutMs, signal }: RouteCallOptions): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(target)
    const limitMs = timeoutMs ?? CONNECT_TIMEOUT_MS
    const timer = setTimeout(() => fail(new Error(`no connection within ${limitMs} ms`)), limitMs)
    const onAbort = () => fail(new Error('aborted', { cause: signal?.reason }))
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.off('error', fail)
    }
    const fail = (error: Error) => {
      settle()
      // A socket that is destroyed while it connects may still report an error.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(new AppError('ssh.forward-refused', { target: name, hint: 'unknown', group: '' }, { cause: error }))
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
  })
}
