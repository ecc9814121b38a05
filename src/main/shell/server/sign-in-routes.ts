import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AttemptLimiter } from './attempt-limiter.ts'
import { isPasswordRight, type PasswordHash } from './password.ts'
import type { SessionStore } from './sessions.ts'
import { SESSION_AGE_MS } from './sessions.ts'
import type { SignInLinks } from './sign-in-links.ts'
import { buildSignInPage, decidePageLanguage, PLAIN_PAGE_POLICY, type SignInProblem } from './sign-in-page.ts'

export interface SignInOptions {
  readonly sessions: SessionStore
  readonly links: SignInLinks
  readonly limiter: AttemptLimiter
  readonly password: PasswordHash | null
  readonly user: string
  readonly tls: boolean
}

/** Answers with the sign-in page. Its form is a plain one, so it needs an Origin header, which `no-referrer` would make `null`. */
export function sendSignInPage(
  reply: FastifyReply,
  options: SignInOptions,
  status: number,
  problem: SignInProblem | null,
) {
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

/** The ways in: a one-time link (`/?token=…`, see `redeemLink`) and, where there is one, the password. */
export function registerSignInRoutes(app: FastifyInstance, options: SignInOptions): void {
  let deriving = false

  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 8_192 },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  )

  app.get('/sign-in', { config: { public: true } }, (_request, reply) => sendSignInPage(reply, options, 200, null))

  app.post('/sign-in', { config: { public: true } }, async (request, reply) => {
    const key = request.ip
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
      request.log.warn({ address: key }, 'a sign-in with a wrong password was refused')
      return sendSignInPage(reply, options, 401, 'wrong-password')
    }
    options.limiter.succeeded(key)
    await startSession(reply, options)
    return reply.redirect('/', 303)
  })
}

/**
 * Uses up a one-time link. True: the answer carries a new session, and the window belongs into it, for a browser that comes
 * from another site's page would follow a redirect without the cookie. False: it was the sign-in page.
 */
export async function redeemLink(
  request: FastifyRequest,
  reply: FastifyReply,
  options: SignInOptions,
  token: string,
): Promise<boolean> {
  if (!options.links.redeem(token)) {
    request.log.warn({ address: request.ip }, 'a sign-in link that is not valid was refused')
    await sendSignInPage(reply, options, 401, 'link-used')
    return false
  }
  await startSession(reply, options)
  return true
}

/** Sets the cookie of a new session. */
async function startSession(reply: FastifyReply, options: SignInOptions): Promise<void> {
  const value = await options.sessions.create(options.user)
  reply
    .setCookie(options.sessions.cookieName, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: options.tls,
      maxAge: SESSION_AGE_MS / 1_000,
    })
    .header('cache-control', 'no-store')
}
