import type { ClientFrame, Result, ServerFrame, TopicEntity, TopicName, Verdict } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'
import type { Connection, EngineClient, TopicListener } from './engine-client.ts'

/*
 * The only file that knows how the engine is reached: a WebSocket of the page's own origin (server shell), or the
 * MessagePort that Electron's preload hands over.
 */

const lost = (reason: string): WireError => ({
  code: 'transport.lost',
  params: { reason },
  retry: 'after-refresh',
  technical: [],
})

interface Subscription {
  readonly topic: TopicName
  readonly key: string | undefined
  readonly listener: TopicListener<TopicName>
}

/** Connects this page to its engine; it reconnects by itself until stopped. */
export function connectEngine(): EngineClient {
  let connection: Connection = { status: 'connecting' }
  const connectionListeners = new Set<(connection: Connection) => void>()
  const pending = new Map<number, (frame: ServerFrame | null) => void>()
  const subscriptions = new Map<number, Subscription>()
  let nextId = 1
  let stopped = false
  let socket: WebSocket | null = null

  function setConnection(next: Connection): void {
    connection = next
    for (const listener of connectionListeners) listener(next)
  }
  function send(frame: ClientFrame): boolean {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }
  function open(): void {
    const url = new URL('/api/socket', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(url)
    socket.onmessage = (event) => receive(JSON.parse(String(event.data)) as ServerFrame)
    socket.onclose = () => {
      for (const settle of pending.values()) settle(null)
      pending.clear()
      if (stopped) return
      setConnection({ status: 'reconnecting' })
      setTimeout(open, 1_000)
    }
  }
  function receive(frame: ServerFrame): void {
    if (frame.t === 'hello') {
      setConnection({ status: 'live' })
      for (const [id, { topic, key }] of subscriptions) send({ t: 'subscribe', id, topic, key })
      return
    }
    const subscription = subscriptions.get(frame.id)
    if (frame.t === 'snapshot') {
      subscription?.listener.snapshot({ ...frame, entities: frame.entities as readonly TopicEntity<TopicName>[] })
    } else if (frame.t === 'patch') {
      subscription?.listener.patch({ ...frame, upsert: frame.upsert as readonly TopicEntity<TopicName>[] })
    } else if (frame.t === 'closed') {
      subscriptions.delete(frame.id)
      subscription?.listener.closed(frame.error)
    } else {
      pending.get(frame.id)?.(frame)
      pending.delete(frame.id)
    }
  }
  function ask(build: (id: number) => ClientFrame): Promise<ServerFrame | null> {
    const id = nextId++
    return new Promise((resolve) => {
      if (send(build(id))) pending.set(id, resolve)
      else resolve(null)
    })
  }

  open()
  return {
    async call(command, input) {
      const frame = await ask((id) => ({ t: 'call', id, command, input }))
      return (frame?.t === 'reply' ? frame.result : { ok: false, error: lost('not connected') }) as Result<never>
    },
    async canRun(calls) {
      const frame = await ask((id) => ({ t: 'can-run', id, calls: [...calls] }))
      return frame?.t === 'verdicts' ? frame.verdicts : calls.map((): Verdict => lost('not connected'))
    },
    subscribe({ topic, key }, listener) {
      const id = nextId++
      subscriptions.set(id, { topic, key, listener: listener as unknown as TopicListener<TopicName> })
      send({ t: 'subscribe', id, topic, key })
      return () => {
        if (subscriptions.delete(id)) send({ t: 'unsubscribe', id })
      }
    },
    connection: () => connection,
    onConnection(listener) {
      connectionListeners.add(listener)
      return () => connectionListeners.delete(listener)
    },
    async stop() {
      stopped = true
      socket?.close()
    },
  }
}
