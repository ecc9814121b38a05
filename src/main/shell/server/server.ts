import { randomUUID } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import websocket from '@fastify/websocket'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { CLIENT_FRAME_LIMIT_BYTES, LINK_PATH, type Result, SOCKET_PROTOCOL } from '../../../shared/contract/index.ts'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import { createHttpServer, createTlsServer } from '../node-http.ts'
import { registerApiRoutes } from './api-routes.ts'
import { attemptKeyOf } from './attempt-key.ts'
import { createAttemptLimiter } from './attempt-limiter.ts'
import { decideBind, fetchOwnNames, isLoopback } from './bind.ts'
import { createConnectionLimiter } from './connection-limiter.ts'
import { httpStatusOf } from './http-status.ts'
import { createOpenSockets } from './open-sockets.ts'
import type { PasswordHash } from './password.ts'
import { createAuthenticator, type Principal } from './principal.ts'
import { type AllowedAddresses, createAllowedAddresses, decideRequest } from './request-guard.ts'
import { buildSecurityHeaders } from './security-headers.ts'
import type { ServedEngine } from './served-engine.ts'
import type { SessionStore } from './sessions.ts'
import { createSignInLinks, type LinkOptions } from './sign-in-links.ts'
import { registerSignInRoutes } from './sign-in-routes.ts'
import { createSocketPort } from './socket-port.ts'
import { registerStaticFiles } from './static-files.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs nobody to be signed in. */
    public?: boolean
  }
}

export interface ServerOptions {
  /** Resolves once the engine can be used. Files, and the sign-in, are served before. */
  readonly engine: Promise<ServedEngine>
  readonly sessions: SessionStore
  /** The token of `engine.json`. */
  readonly token: string
  /** Who the bearer of the token and of a sign-in link is. */
  readonly user: string
  readonly rendererDir: string
  readonly host: string
  /** With 0 any free port is taken. */
  readonly port: number
  /** Further names a browser may use for this server. */
  readonly names: readonly string[]
  readonly tls: { readonly certificate: string; readonly key: string } | null
  readonly password: PasswordHash | null
  readonly log: FastifyBaseLogger
}

export interface Server {
  /** `http://127.0.0.1:40123`, without a slash at its end: how browsers know it. */
  readonly url: string
  /** The same for programs on this computer, which may not be able to resolve the name that browsers use. */
  readonly localUrl: string
  readonly port: number
  /** A new sign-in link that works once, for 24 hours unless told otherwise. */
  createLink(options?: LinkOptions): string
  /** Takes no new connection, drains the open ones for at most `limitMs`, then cuts them. */
  stop(limitMs: number): Promise<void>
}

const LINK_LIFETIME_MS = 24 * 3_600_000
const PING_INTERVAL_MS = 30_000
const REQUEST_TIMEOUT_MS = 30_000
/**
 * Connections on which nobody has signed in yet. A browser has six for a page, and behind a proxy all browsers have one
 * address.
 */
export const CONNECTION_LIMITS = { perAddress: 128, inAll: 512 }
/** How often the log is told that there were too many. */
const DROPPED_LOG_MS = 60_000
/** Limits of time must not move when somebody sets the clock. */
const monotonicMs = () => performance.now()

/** Serves the window, the API, the consoles and files on their way. Throws `server.bind-refused` and `server.bind-failed`. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { sessions, tls } = options
  const refusal = decideBind({ host: options.host, tls: tls !== null, password: options.password !== null })
  if (refusal !== null) throw refusal

  const scheme = tls === null ? 'http' : 'https'
  const principals = new WeakMap<FastifyRequest, Principal>()
  const authenticator = createAuthenticator({ token: options.token, user: options.user, sessions })
  const sockets = createOpenSockets(sessions, PING_INTERVAL_MS)
  const links = createSignInLinks({ lifetimeMs: LINK_LIFETIME_MS, monotonicMs })
  const limiter = createAttemptLimiter({ freeAttempts: 5, maxWaitMs: 15 * 60_000, monotonicMs })
  let droppedLogMs = Number.NEGATIVE_INFINITY
  const limitedConnections = createConnectionLimiter({
    ...CONNECTION_LIMITS,
    keyOf: attemptKeyOf,
    onDropped: (address) => {
      if (monotonicMs() - droppedLogMs < DROPPED_LOG_MS) return
      droppedLogMs = monotonicMs()
      options.log.warn({ address }, 'there were too many connections on which nobody had signed in; the oldest are cut')
    },
  })
  let allowed: AllowedAddresses = { authorities: new Set(), origins: new Set() }
  let headers: Readonly<Record<string, string>> = buildSecurityHeaders([], tls !== null)
  let url = ''
  const createLink = (link?: LinkOptions) => `${url}${LINK_PATH}#${links.create(link)}`

  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: CLIENT_FRAME_LIMIT_BYTES,
    trustProxy: false,
    schemaController: { compilersFactory: noSchemas },
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: 'idle',
    // Given to Node's own server: fastify's option does not reach one that it has not made.
    serverFactory: (handler) =>
      tls === null
        ? createHttpServer({ requestTimeout: REQUEST_TIMEOUT_MS }, handler)
        : createTlsServer({ requestTimeout: REQUEST_TIMEOUT_MS, cert: tls.certificate, key: tls.key }, handler),
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    const { host, origin, authorization, upgrade } = request.headers
    const protocols = upgrade === undefined ? undefined : request.headers['sec-websocket-protocol']
    const principal = authenticator.authenticate({ authorization, protocols })
    const misfit = decideRequest(allowed, {
      method: request.method,
      host,
      origin,
      upgrade: upgrade !== undefined,
      token: principal?.session === null,
    })
    if (misfit !== null) {
      const value = (misfit === 'host' ? host : origin) ?? ''
      throw new AppError('transport.rejected', { header: misfit, value: value.slice(0, 200) })
    }
    if (principal !== null) {
      principals.set(request, principal)
      limitedConnections.admit(request.raw.socket)
    } else if (!request.routeOptions.config.public) throw createUnauthorized()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  app.addHook('onResponse', async (request) => {
    // A refused upgrade: Node has let go of its connection by then, and would leave it open.
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon()
  })
  registerErrorHandling(app)
  const connections = new Set<Socket>()
  app.server.on('connection', (connection: Socket) => {
    connections.add(connection)
    limitedConnections.add(connection)
    connection.on('close', () => connections.delete(connection))
  })

  await app.register(websocket, {
    options: {
      maxPayload: CLIENT_FRAME_LIMIT_BYTES,
      // Never the one that is a session's secret.
      handleProtocols: (offered: ReadonlySet<string>) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
      // Over loopback compressing costs more than it saves.
      perMessageDeflate: isLoopback(options.host) ? false : { threshold: 4_096, concurrencyLimit: 4 },
    },
  })

  const principalOf = (request: FastifyRequest): Principal => {
    const principal = principals.get(request)
    if (principal === undefined) throw createUnauthorized()
    return principal
  }
  // Who waits for the engine hears of its failure; there may be nobody.
  options.engine.catch(() => undefined)
  let served: ServedEngine | null = null
  const waitForEngine = async () => {
    served ??= await options.engine
    return served
  }
  /** Before a connection is upgraded: what arrives on one wants to be read at once. */
  const preValidation = async () => {
    await waitForEngine()
  }
  const servedEngine = (): ServedEngine => {
    if (served === null) throw new Error('a WebSocket was opened before the engine was there')
    return served
  }
  registerApiRoutes(app, { waitForEngine, sessions, token: options.token, principalOf, createLink })
  registerSignInRoutes(app, {
    sessions,
    links,
    limiter,
    password: options.password,
    user: options.user,
    findPrincipal: (request) => principals.get(request) ?? null,
  })
  await registerStaticFiles(app, options.rendererDir)
  app.get('/api/socket', { websocket: true, preValidation }, (socket, request) => {
    const { user, session } = principalOf(request)
    sockets.add(socket, session)
    const { serveClient, identify } = servedEngine()
    serveClient(identify(user), createSocketPort(socket))
  })
  for (const [path, attach] of [
    ['/console/:ticket', 'attachConsole'],
    ['/transfer/:ticket', 'attachTransfer'],
  ] as const) {
    app.get(
      path,
      { websocket: true, preValidation },
      (socket, request: FastifyRequest<{ Params: { ticket: string } }>) => {
        const { user, session } = principalOf(request)
        sockets.add(socket, session)
        const served = servedEngine()
        served[attach](request.params.ticket, served.identify(user), socket)
      },
    )
  }
  const { port } = await listen(app, options.host, options.port).catch(async (error: unknown) => {
    await sockets.close(0)
    await app.close()
    throw error
  })
  const names = fetchOwnNames(options.host, options.names)
  allowed = createAllowedAddresses(scheme, names, port)
  headers = buildSecurityHeaders(
    [...allowed.origins].map((origin) => origin.replace(/^http/, 'ws')),
    tls !== null,
  )
  const urlOf = (host: string) => `${scheme}://${formatHost(host)}:${port}`
  url = urlOf(options.names[0] ?? options.host)

  return {
    url,
    localUrl: urlOf(options.host),
    port,
    createLink,
    async stop(limitMs) {
      const closing = app.close()
      await sockets.close(limitMs)
      const limit = setTimeout(() => {
        for (const connection of connections) connection.destroy()
      }, limitMs)
      await closing
      clearTimeout(limit)
    },
  }
}

/** The contract checks what comes in; no route has a schema. Saying so keeps fastify from loading its compilers of them. */
const noSchemas = {
  buildValidator: refuseSchema,
  buildSerializer: refuseSchema,
}

function refuseSchema(): never {
  throw new Error('a route with a schema: the contract has the schemas')
}

function createUnauthorized(): AppError {
  return new AppError('transport.unauthorized', { reason: 'no valid token and no session' })
}

function formatHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<AddressInfo> {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('server.bind-failed', { address: host, port, reason }, { cause: error })
  }
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no address after it listened')
  return address
}

/** Every failure leaves as a result envelope, whoever raised it. */
function registerErrorHandling(app: FastifyInstance): void {
  app.setNotFoundHandler((request) => {
    throw new AppError('transport.not-found', { path: pathOf(request) })
  })
  app.setErrorHandler((thrown, request, reply) => {
    const error = asAppError(thrown, request)
    const wire = toWireError(error, request.id)
    const status = httpStatusOf(wire.code)
    if (status >= 500) request.log.error({ err: thrown, path: pathOf(request) }, 'a request failed')
    const result: Result<never> = { ok: false, error: wire }
    return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(result))
  })
}

function asAppError(thrown: unknown, request: FastifyRequest): unknown {
  if (isAppError(thrown) || !(thrown instanceof Error) || !('statusCode' in thrown)) return thrown
  const status = Number(thrown.statusCode)
  if (status === 413)
    return new AppError('transport.too-large', { limitBytes: CLIENT_FRAME_LIMIT_BYTES }, { cause: thrown })
  if (status === 404) return new AppError('transport.not-found', { path: pathOf(request) }, { cause: thrown })
  if (status >= 400 && status < 500) {
    const issues = [{ path: '', message: thrown.message }]
    return new AppError('command.input-invalid', { command: pathOf(request), issues }, { cause: thrown })
  }
  return thrown
}

/** The address of a request without its query, which may hold a token. */
function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, 200)
}
