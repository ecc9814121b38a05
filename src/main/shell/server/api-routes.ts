import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Result } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { Engine } from '../../engine/index.ts'
import { proveToken } from './engine-file.ts'
import { httpStatusOf } from './http-status.ts'
import { buildOpenApi } from './openapi.ts'
import type { Principal } from './principal.ts'
import type { SessionStore } from './sessions.ts'

export interface ApiRoutesOptions {
  readonly engine: Engine
  readonly sessions: SessionStore
  readonly token: string
  readonly principalOf: (request: FastifyRequest) => Principal
  /** Makes a new one-time sign-in link. */
  readonly createLink: () => string
}

/** The HTTP API: commands, topics, health, the OpenAPI document, sign-in links and signing out. */
export function registerApiRoutes(app: FastifyInstance, options: ApiRoutesOptions): void {
  const { engine, principalOf } = options
  let document: object | null = null

  app.get(
    '/api/health',
    { config: { public: true } },
    (request: FastifyRequest<{ Querystring: { nonce?: unknown } }>) => {
      const { nonce } = request.query
      const proof = typeof nonce === 'string' && nonce.length <= 128 ? proveToken(options.token, nonce) : null
      return { ok: true, version: engine.version, epoch: engine.epoch, proof }
    },
  )

  app.get('/api/openapi.json', () => {
    document ??= buildOpenApi(engine.version)
    return document
  })

  app.post(
    '/api/commands/:name',
    async (request: FastifyRequest<{ Params: { name: string }; Querystring: { wait?: unknown } }>, reply) => {
      const { identity } = principalOf(request)
      const wait = request.query.wait !== 'false'
      const result = await engine.dispatch(identity, request.params.name, request.body ?? {}, { wait })
      return reply.code(result.ok ? 200 : httpStatusOf(result.error.code)).send(result)
    },
  )

  app.get(
    '/api/topics/:name',
    async (request: FastifyRequest<{ Params: { name: string }; Querystring: { key?: unknown } }>) => {
      const { identity } = principalOf(request)
      const { key } = request.query
      const address = { topic: request.params.name, key: typeof key === 'string' ? key.slice(0, 128) : undefined }
      const snapshot = await engine.fetchTopic(identity, address)
      return { ok: true, value: snapshot.entities, rev: snapshot.rev } satisfies Result<unknown>
    },
  )

  app.post('/api/sign-in-links', (request) => {
    if (principalOf(request).session !== null) {
      throw new AppError('transport.unauthorized', { reason: 'sign-in links are made with the token of engine.json' })
    }
    return { ok: true, value: { url: options.createLink() }, rev: 0 } satisfies Result<unknown>
  })

  app.post('/api/sign-out', async (request, reply) => {
    const { session } = principalOf(request)
    if (session !== null) await options.sessions.end(session)
    reply.clearCookie(options.sessions.cookieName, { path: '/' })
    return { ok: true, value: {}, rev: 0 } satisfies Result<unknown>
  })
}
