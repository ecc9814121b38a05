import { timingSafeEqual } from 'node:crypto'
import { sessionOfProtocols } from '../../../shared/contract/index.ts'
import type { Session, SessionStore } from './sessions.ts'

/** Who a request comes from. `session` is null for the bearer of `engine.json`'s token. */
export interface Principal {
  readonly user: string
  readonly session: Session | null
}

/** The headers that may carry credentials. No browser adds either by itself: nothing is read from cookies. */
export interface Credentials {
  readonly authorization: string | undefined
  /** `Sec-WebSocket-Protocol` of an upgrade, where a page's script cannot set `Authorization`. */
  readonly protocols: string | undefined
}

/** Recognizes the two kinds of credentials of a request: the engine's token and a session's secret. */
export interface Authenticator {
  authenticate(credentials: Credentials): Principal | null
}

const BEARER = /^Bearer +(?<secret>[\w-]+)$/i

export function createAuthenticator(options: {
  readonly token: string
  readonly user: string
  readonly sessions: SessionStore
}): Authenticator {
  const expected = Buffer.from(options.token)
  const isToken = (secret: string) => {
    const given = Buffer.from(secret)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  return {
    authenticate({ authorization, protocols }) {
      const bearer = BEARER.exec(authorization ?? '')?.groups?.secret
      if (bearer !== undefined && isToken(bearer)) return { user: options.user, session: null }
      const secret = bearer ?? sessionOfProtocols(protocols)
      const session = secret === null ? null : options.sessions.find(secret)
      return session === null ? null : { user: session.user, session }
    },
  }
}
