import { LINK_PATH } from '../../shared/contract/index.ts'

/*
 * The secret by which the server shell knows this browser. It is kept in this origin's storage, so that all its pages and
 * windows are signed in, and sent in headers that only our own scripts set: no other server, on whatever port, is sent it.
 */

const KEY = 'virtdeck.session'

/** The session's secret, or null. */
export function readSession(): string | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY)
  } catch (error) {
    // A browser that lets pages keep nothing throws already when it is asked for its storage.
    if (error instanceof DOMException) return null
    throw error
  }
}

/** Forgets a session that ended; not another one that was begun meanwhile in another window. */
export function forgetSession(session: string | null): void {
  if (session !== null && readSession() === session) localStorage.removeItem(KEY)
}

/** What an HTTP request shows of a session. */
export function sessionHeaders(session: string | null): Record<string, string> {
  return session === null ? {} : { authorization: `Bearer ${session}` }
}

/** Goes to the server's own sign-in page. */
export function leaveForSignIn(problem?: 'link-used' | 'no-storage'): void {
  location.replace(problem === undefined ? '/sign-in' : `/sign-in?problem=${problem}`)
}

/** The token of the one-time link that opened this page, or null. It is taken out of the address and the history. */
export function takeLinkToken(): string | null {
  if (location.pathname !== LINK_PATH) return null
  const token = location.hash.slice(1)
  history.replaceState(history.state, '', '/')
  return token
}

/** Remembers a new session. Throws where the browser lets pages keep nothing; the sign-in page says that. */
export function storeSession(session: string): void {
  try {
    localStorage.setItem(KEY, session)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    leaveForSignIn('no-storage')
    throw new Error('this browser keeps no session', { cause: error })
  }
}
