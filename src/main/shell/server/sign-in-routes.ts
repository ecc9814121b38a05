import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { LINK_PATH, type Result, type SignInValue } from '../../../shared/contract/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { attemptKeyOf } from './attempt-key.ts'
import type { AttemptLimiter } from './attempt-limiter.ts'
import { isPasswordRight, type PasswordHash } from './password.ts'
import type { Principal } from './principal.ts'
import type { SessionStore } from './sessions.ts'
import type { SignInLinks } from './sign-in-links.ts'
import {
  buildSignInPage,
  decidePageLanguage,
  isSignInProblem,
  PLAIN_PAGE_POLICY,
  type SignInProblem,
} from './sign-in-page.ts'

export interface SignInOptions {
  readonly sessions: SessionStore
  readonly links: SignInLinks
  readonly limiter: AttemptLimiter
  readonly password: PasswordHash | null
  readonly user: string
  /** Who asks, where it is known. */
  readonly findPrincipal: (request: FastifyRequest) => Principal | null
}

/** The way from the password's form to the page that keeps the session. */
const HANDOVER_LIFETIME_MS = 60_000

const signInSchema = z.object({ token: z.string().max(128) })

/** Answers with the sign-in page. Its form is a plain one, so it needs an Origin header, which `no-referrer` would make `null`. */
function sendSignInPage(reply: FastifyReply, options: SignInOptions, status: number, problem: SignInProblem | null) {
  return reply
    .code(status)
    .header('content-security-policy', PLAIN_PAGE_POLICY)
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      buildSignInPage({
        password: options.password !== null,
        problem,
        language: decidePageLanguage(reply.request.headers['accept-language']),
      }),
    )
}

/**
 * The ways in: a one-time link and, where there is one, the password. Both end in `POST /api/sign-in`, which gives the
 * page the secret of its session: the password's form is answered with a link that lives for a minute.
 */
export function registerSignInRoutes(app: FastifyInstance, options: SignInOptions): void {
  let deriving = false

  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 8_192 },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  )

  app.get(
    '/sign-in',
    { config: { public: true } },
    (request: FastifyRequest<{ Querystring: { problem?: unknown } }>, reply) => {
      const { problem } = request.query
      return sendSignInPage(reply, options, 200, isSignInProblem(problem) ? problem : null)
    },
  )

  app.post('/sign-in', { config: { public: true } }, async (request, reply) => {
    const key = attemptKeyOf(request.ip)
    // One derivation at a time: each takes 32 MiB and a core, and whoever may guess may not also exhaust.
    if (options.limiter.waitMs(key) > 0 || deriving) {
      reply.header('retry-after', Math.max(1, Math.ceil(options.limiter.waitMs(key) / 1_000)))
      return sendSignInPage(reply, options, 429, 'too-many')
    }
    const password = request.body instanceof URLSearchParams ? (request.body.get('password') ?? '') : ''
    deriving = true
    let right = false
    try {
      right =
        options.password !== null && password.length <= 1_024 && (await isPasswordRight(password, options.password))
    } finally {
      deriving = false
    }
    if (!right) {
      options.limiter.failed(key)
      request.log.warn({ address: request.ip }, 'a sign-in with a wrong password was refused')
      return sendSignInPage(reply, options, 401, 'wrong-password')
    }
    options.limiter.succeeded(key)
    const token = options.links.create({ lifetimeMs: HANDOVER_LIFETIME_MS })
    return reply.redirect(`${LINK_PATH}#${token}`, 303)
  })

  app.post('/api/sign-in', { config: { public: true } }, async (request) => {
    const token = signInSchema.safeParse(request.body).data?.token ?? ''
    // Whoever is signed in stays what he is: no link of another's page turns his browser into another's.
    if (options.findPrincipal(request) !== null) {
      options.links.redeem(token)
      return succeed({ session: null })
    }
    if (options.links.redeem(token)) return succeed({ session: await options.sessions.create(options.user) })
    // Nobody guesses a link, and nobody is kept out by the mistakes of others at his address. But the log has only so much room.
    const key = `link ${attemptKeyOf(request.ip)}`
    if (options.limiter.waitMs(key) === 0) {
      request.log.warn({ address: request.ip }, 'a sign-in link that is not valid was refused')
    }
    options.limiter.failed(key)
    throw new AppError('transport.unauthorized', { reason: 'the sign-in link was used already or is too old' })
  })
}

function succeed(value: SignInValue): Result<SignInValue> {
  return { ok: true, value, rev: 0 }
}
