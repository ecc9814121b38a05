import { type ConsolePortMessage, socketProtocols } from '../../shared/contract/index.ts'
import { readSession } from './session.ts'
import { requestSocket } from './shell-port.ts'

/*
 * How a console's bytes reach this page: a WebSocket of the page's own origin (server shell), or a MessagePort that
 * Electron's shell joins to it. Beside `transport.ts` the only file that knows.
 */

/** The part of a WebSocket that noVNC uses; it replaces the `on…` handlers. */
export interface ConsoleChannelSocket {
  binaryType: string
  readonly protocol: string
  readonly readyState: number
  onopen: ((event: Event) => void) | null
  /** A promise that it gives back is waited for before more is asked for, where the way has a flow control (Electron). */
  onmessage: ((event: MessageEvent<ArrayBuffer>) => unknown) | null
  onclose: ((event: CloseEvent) => void) | null
  onerror: ((event: Event) => void) | null
  send(data: Uint8Array): void
  close(): void
}

/** How a console connection ended: the close frame's code and reason. */
export interface ConsoleEnd {
  readonly code: number
  readonly reason: string
}

/** One connection to a console, made when a screen is there to take what comes. */
export interface ConsoleChannel {
  /** Connects, the first time; listen at once, for nothing is kept. */
  attach(): ConsoleChannelSocket
  /** Ends it, whether it was attached or not. */
  close(): void
  /** Resolves once. Whoever waits hears of it before `onclose` is called. */
  readonly closed: Promise<ConsoleEnd>
}

type Connect = (path: string, finish: (end: ConsoleEnd) => void, join: typeof requestSocket) => ConsoleChannelSocket

/** The console at a path that `console.open` gave. In Electron `join` has the shell join a port to it. */
export function openConsoleChannel(path: string, join: typeof requestSocket = requestSocket): ConsoleChannel {
  const connect: Connect = navigator.userAgent.includes('Electron/') ? connectPort : connectWebSocket
  const { promise, resolve } = Promise.withResolvers<ConsoleEnd>()
  let socket: ConsoleChannelSocket | null = null
  let ended = false
  return {
    attach: () => {
      socket ??= connect(path, resolve, join)
      if (ended) socket.close()
      return socket
    },
    close: () => {
      ended = true
      if (socket === null) resolve({ code: 1_000, reason: '' })
      else socket.close()
    },
    closed: promise,
  }
}

const connectWebSocket: Connect = (path, finish) => {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url, socketProtocols(readSession()))
  socket.binaryType = 'arraybuffer'
  // Listeners are called in the order of their coming, and promises settled between two of them.
  socket.addEventListener('close', ({ code, reason }) => finish({ code, reason }))
  return socket as ConsoleChannelSocket
}

const connectPort: Connect = (path, finish, join) => {
  const { port1, port2 } = new MessageChannel()
  const end = (code: number, reason: string) => {
    if (socket.readyState === WebSocket.CLOSED) return
    socket.readyState = WebSocket.CLOSED
    port1.close()
    finish({ code, reason })
    // After those who wait for `closed`: noVNC takes its canvas away then.
    setTimeout(() => socket.onclose?.(new CloseEvent('close', { code, reason, wasClean: true })), 0)
  }
  const socket = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: WebSocket.OPEN as number,
    onopen: null as ConsoleChannelSocket['onopen'],
    onmessage: null as ConsoleChannelSocket['onmessage'],
    onclose: null as ConsoleChannelSocket['onclose'],
    onerror: null as ConsoleChannelSocket['onerror'],
    send(data: Uint8Array) {
      // noVNC sends views on a buffer that it uses again.
      port1.postMessage({ t: 'data', data: data.slice() } satisfies ConsolePortMessage)
    },
    close() {
      port1.postMessage({ t: 'close', code: 1_000, reason: '' } satisfies ConsolePortMessage)
      end(1_000, '')
    },
  }
  port1.onmessage = ({ data: message }: MessageEvent<ConsolePortMessage>) => {
    if (message.t === 'close') end(message.code, message.reason)
    if (message.t !== 'data') return
    const bytes = message.data.slice()
    const taken = Promise.resolve(socket.onmessage?.(new MessageEvent('message', { data: bytes.buffer })))
    void taken.then(() => port1.postMessage({ t: 'ack', bytes: bytes.length } satisfies ConsolePortMessage))
  }
  // The engine's process is gone, or there is none to ask.
  port1.addEventListener('close', () => end(1_006, ''))
  join(path, port2)
  return socket
}
