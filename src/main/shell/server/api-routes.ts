import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Result } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { proveToken } from './engine-file.ts'
import { httpStatusOf } from './http-status.ts'
import type { Principal } from './principal.ts'
import type { ServedEngine } from './served-engine.ts'
import type { SessionStore } from './sessions.ts'

export interface ApiRoutesOptions {
  /** The engine, once it is there. */
  readonly waitForEngine: () => Promise<ServedEngine>
  readonly sessions: SessionStore
  readonly token: string
  readonly principalOf: (request: FastifyRequest) => Principal
  /** Makes a new one-time sign-in link. */
  readonly createLink: () => string
}

/** The HTTP API: commands, topics, health, the OpenAPI document, sign-in links and signing out. */
export function registerApiRoutes(app: FastifyInstance, options: ApiRoutesOptions): void {
  const { waitForEngine, principalOf } = options
  let document: object | null = null

  app.get(
    '/api/health',
    { config: { public: true } },
    async (request: FastifyRequest<{ Querystring: { nonce?: unknown } }>) => {
      const { engine } = await waitForEngine()
      const { nonce } = request.query
      const proof = typeof nonce === 'string' && nonce.length <= 128 ? proveToken(options.token, nonce) : null
      return { ok: true, version: engine.version, epoch: engine.epoch, proof }
    },
  )

  app.get('/api/openapi.json', async () => {
    const { buildOpenApi } = await import('./openapi.ts')
    const { engine } = await waitForEngine()
    document ??= buildOpenApi(engine.version)
    return document
  })

  app.post(
    '/api/commands/:name',
    async (request: FastifyRequest<{ Params: { name: string }; Querystring: { wait?: unknown } }>, reply) => {
      const { user } = principalOf(request)
      const { engine, identify } = await waitForEngine()
      const wait = request.query.wait !== 'false'
      const result = await engine.dispatch(identify(user), request.params.name, request.body ?? {}, { wait })
      return reply.code(result.ok ? 200 : httpStatusOf(result.error.code)).send(result)
    },
  )

  app.post('/api/plans/:name', async (request: FastifyRequest<{ Params: { name: string } }>, reply) => {
    const { user } = principalOf(request)
    const { engine, identify } = await waitForEngine()
    const result = engine.plan(identify(user), request.params.name, request.body ?? {})
    return reply.code(result.ok ? 200 : httpStatusOf(result.error.code)).send(result)
  })

  app.get(
    '/api/topics/:name',
    async (request: FastifyRequest<{ Params: { name: string }; Querystring: { key?: unknown } }>) => {
      const { user } = principalOf(request)
      const { engine, identify } = await waitForEngine()
      const { key } = request.query
      const address = { topic: request.params.name, key: typeof key === 'string' ? key.slice(0, 128) : undefined }
      const snapshot = await engine.fetchTopic(identify(user), address)
      return { ok: true, value: snapshot.entities, rev: snapshot.rev } satisfies Result<unknown>
    },
  )

  app.post('/api/sign-in-links', (request) => {
    if (principalOf(request).session !== null) {
      throw new AppError('transport.unauthorized', { reason: 'sign-in links are made with the token of engine.json' })
    }
    return { ok: true, value: { url: options.createLink() }, rev: 0 } satisfies Result<unknown>
  })

  app.post('/api/sign-out', async (request) => {
    const { session } = principalOf(request)
    if (session !== null) await options.sessions.end(session)
    return { ok: true, value: {}, rev: 0 } satisfies Result<unknown>
  })
}
