/** As much of a connection as it takes to bound how many there are. */
export interface LimitedConnection {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

/**
 * Bounds the connections on which nobody has signed in yet, of one address and in all. Where one is too many the oldest goes, and not
 * the new one: who holds many without a word would else keep everybody out, while who signs in does so within a moment.
 */
export interface ConnectionLimiter {
  /** A connection has come. */
  add(connection: LimitedConnection): void
  /** Somebody who is signed in has asked something on it: it counts no more. */
  admit(connection: Omit<LimitedConnection, 'destroy' | 'once'>): void
  readonly size: number
}

export interface ConnectionLimiterOptions {
  readonly perAddress: number
  readonly inAll: number
  /** The name under which connections of an address are counted. */
  readonly keyOf: (address: string) => string
  /** Told of each one that goes. */
  readonly onDropped: (address: string) => void
}

interface Waiting {
  readonly connection: LimitedConnection
  readonly address: string
  readonly key: string
}

export function createConnectionLimiter(options: ConnectionLimiterOptions): ConnectionLimiter {
  /** In the order in which they came, under both ends of the connection: with TLS a request comes on another object than this one. */
  const waiting = new Map<string, Waiting>()
  const counts = new Map<string, number>()

  function remove(id: string): Waiting | null {
    const found = waiting.get(id)
    if (found === undefined) return null
    waiting.delete(id)
    const left = (counts.get(found.key) ?? 0) - 1
    if (left > 0) counts.set(found.key, left)
    else counts.delete(found.key)
    return found
  }

  /** The oldest, of all or under one key, is cut. */
  function drop(key: string | null): void {
    for (const [id, each] of waiting) {
      if (key !== null && each.key !== key) continue
      remove(id)
      each.connection.destroy()
      options.onDropped(each.address)
      return
    }
  }

  return {
    add(connection) {
      const address = connection.remoteAddress ?? ''
      const key = options.keyOf(address)
      const id = idOf(connection)
      waiting.set(id, { connection, address, key })
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      connection.once('close', () => {
        // The same two ends may have met again since.
        if (waiting.get(id)?.connection === connection) remove(id)
      })
      if (count > options.perAddress) drop(key)
      else if (waiting.size > options.inAll) drop(null)
    },
    admit: (connection) => void remove(idOf(connection)),
    get size() {
      return waiting.size
    },
  }
}

function idOf({ remoteAddress, remotePort }: Pick<LimitedConnection, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`
}
