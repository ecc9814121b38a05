import type { WebSocket } from 'ws'
import type { Session, SessionStore } from './sessions.ts'

const CLOSE_GOING_AWAY = 1001
/** An application code: the session of this connection ended; sign in again. */
export const CLOSE_SIGNED_OUT = 4_401

/** All open WebSockets, so that they end with their session, with a peer that is gone, and with the server. */
export interface OpenSockets {
  add(socket: WebSocket, session: Session | null): void
  readonly size: number
  /** Asks all to close; resolves when they have, at the latest after `limitMs` (then they are cut). */
  close(limitMs: number): Promise<void>
}

interface Entry {
  readonly session: Session | null
  answered: boolean
}

export function createOpenSockets(sessions: SessionStore, pingIntervalMs: number): OpenSockets {
  const entries = new Map<WebSocket, Entry>()
  const stopListening = sessions.onEnded((ended) => {
    for (const [socket, entry] of entries) {
      if (entry.session?.hash === ended.hash) socket.close(CLOSE_SIGNED_OUT)
    }
  })
  // A computer that went to sleep sends no FIN: without pings its connection would stay, and with it its subscriptions.
  const pings = setInterval(() => {
    for (const [socket, entry] of entries) {
      if (entry.session !== null && !sessions.isAlive(entry.session)) {
        socket.close(CLOSE_SIGNED_OUT)
      } else if (!entry.answered) {
        socket.terminate()
      } else {
        entry.answered = false
        socket.ping()
      }
    }
  }, pingIntervalMs)
  pings.unref()

  return {
    add(socket, session) {
      const entry: Entry = { session, answered: true }
      entries.set(socket, entry)
      socket.on('pong', () => {
        entry.answered = true
      })
      // 'close' follows every error; without a listener the error itself would end the process.
      socket.on('error', () => undefined)
      socket.on('close', () => entries.delete(socket))
    },
    get size() {
      return entries.size
    },
    async close(limitMs) {
      clearInterval(pings)
      stopListening()
      const open = [...entries.keys()]
      const closed = Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
      for (const socket of open) socket.close(CLOSE_GOING_AWAY)
      const limit = setTimeout(() => {
        for (const socket of entries.keys()) socket.terminate()
      }, limitMs)
      await closed
      clearTimeout(limit)
    },
  }
}
