import { timingSafeEqual } from 'node:crypto'
import type { Session, SessionStore } from './sessions.ts'

/** Who a request comes from. `session` is null for the bearer of `engine.json`'s token. */
export interface Principal {
  readonly user: string
  readonly session: Session | null
}

/** Recognizes the two kinds of credentials of a request: the engine's bearer token and a session's cookie. */
export interface Authenticator {
  /** True when the header is `Bearer <the engine's token>`. */
  isBearer(authorization: string | undefined): boolean
  /** `bearer` is what `isBearer` said. */
  authenticate(bearer: boolean, cookie: string | undefined): Principal | null
}

export function createAuthenticator(options: {
  readonly token: string
  readonly user: string
  readonly sessions: SessionStore
}): Authenticator {
  const expected = Buffer.from(`Bearer ${options.token}`)
  return {
    isBearer(authorization) {
      const given = Buffer.from(authorization ?? '')
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
    authenticate(bearer, cookie) {
      if (bearer) return { user: options.user, session: null }
      const session = cookie === undefined ? null : options.sessions.find(cookie)
      return session === null ? null : { user: session.user, session }
    },
  }
}
