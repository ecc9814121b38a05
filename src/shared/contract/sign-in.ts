/*
 * How a page of the server shell shows that its browser is signed in. A session's secret lives in the page's own storage,
 * which belongs to its origin, port included. Cookies would go to every server of the same address, whatever its port.
 */

/** The page that a sign-in link opens. The link's token is the fragment: browsers do not send it, it only reaches our page. */
export const LINK_PATH = '/link'

/** What `POST /api/sign-in` gives for a link's token: the secret of a new session, or null for a browser that is signed in already and stays what it is. */
export interface SignInValue {
  readonly session: string | null
}

/** The subprotocol of our WebSockets. The server chooses it of those that a page offers. */
export const SOCKET_PROTOCOL = 'virtdeck'
const SESSION_PREFIX = `${SOCKET_PROTOCOL}.session.`

/** The subprotocols that a page offers: scripts can set no other header of a WebSocket. */
export function socketProtocols(session: string | null): string[] {
  return session === null ? [SOCKET_PROTOCOL] : [SOCKET_PROTOCOL, `${SESSION_PREFIX}${session}`]
}

/** The session's secret in a `Sec-WebSocket-Protocol` header, or null. The inverse of {@link socketProtocols}. */
export function sessionOfProtocols(header: string | undefined): string | null {
  const offered = (header ?? '').split(',').map((name) => name.trim())
  return offered.find((name) => name.startsWith(SESSION_PREFIX))?.slice(SESSION_PREFIX.length) ?? null
}
