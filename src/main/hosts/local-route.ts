import { connect, type NetConnectOpts } from 'node:net'
import { userInfo } from 'node:os'
import type { Duplex } from 'node:stream'
import type { LibvirtMode } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { HostRoute, RouteCallOptions } from './host-route.ts'
import { familySocket, familyUri, libvirtUri } from './libvirt-sockets.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** The way to this computer's own libvirt: the first of `sockets` that answers. */
export function openLocalRoute(sockets: readonly string[], mode: LibvirtMode): HostRoute {
  const ended = Promise.withResolvers<AppError | null>()
  let hypervisorSocket = ''
  return {
    session: null,
    hostKey: null,
    endpoint: null,
    configSkipped: [],
    openLibvirt: async ({ family, ...options }) => {
      const own = family === undefined ? null : familySocket(family, hypervisorSocket)
      if (family !== undefined && own !== null) {
        return { transport: (await openFirst([own], options)).stream, uri: familyUri(family, mode) }
      }
      const { stream, path } = await openFirst(sockets, options)
      if (family === undefined) hypervisorSocket = path
      return { transport: stream, uri: libvirtUri(mode) }
    },
    forwardSocket: (path, options = {}) => open({ path }, path, options),
    forwardTcp: (host, port, options = {}) => open({ host, port }, `${host}:${port}`, options),
    runScript: null,
    closed: ended.promise,
    close: async () => ended.resolve(null),
  }
}

async function openFirst(
  sockets: readonly string[],
  options: RouteCallOptions,
): Promise<{ readonly stream: Duplex; readonly path: string }> {
  const failures: AppError[] = []
  for (const path of sockets) {
    try {
      return { stream: await open({ path }, path, options), path }
    } catch (error) {
      if (!isAppError(error, 'host.local-refused')) throw error
      failures.push(decideLocalSocketError(path, sockets, error))
    }
  }
  const telling = failures.find((failure) => failure.code !== 'host.libvirt-missing') ?? failures[0]
  throw telling ?? new AppError('host.libvirt-missing', { address: 'localhost', tried: '' })
}

/** Says what it means that a local libvirt socket refused. Pure. */
export function decideLocalSocketError(path: string, tried: readonly string[], error: AppError): AppError {
  const address = 'localhost'
  const options = { cause: error, retry: 'safe' } as const
  const code = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('host.libvirt-missing', { address, tried: tried.join(', ') }, options)
  }
  if (code === 'ECONNREFUSED') return new AppError('host.libvirt-not-running', { address, socket: path }, options)
  if (code === 'EACCES' || code === 'EPERM') {
    const { username: user } = userInfo()
    return new AppError('host.libvirt-permission', { user, socket: path, group: 'libvirt' }, options)
  }
  return error
}

function open(target: NetConnectOpts, name: string, { timeoutMs, signal }: RouteCallOptions): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(target)
    const limitMs = timeoutMs ?? CONNECT_TIMEOUT_MS
    const timer = setTimeout(() => fail(refused(`no answer in ${limitMs} ms`)), limitMs)
    const onAbort = () =>
      fail(new AppError('ssh.aborted', { operation: name }, { retry: 'safe', cause: signal?.reason }))
    const onError = (error: Error & { code?: string }) => fail(refused(error.code ?? error.message, error))
    const refused = (reason: string, cause?: Error) =>
      new AppError('host.local-refused', { target: name, reason }, { retry: 'safe', cause })
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.off('error', onError)
    }
    const fail = (error: AppError) => {
      settle()
      // A socket that is destroyed while it connects may still report an error.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(error)
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
  })
}
