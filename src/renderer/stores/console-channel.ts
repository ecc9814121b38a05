import type { ConsolePortMessage } from '../../shared/contract/index.ts'
import { requestConsole } from './shell-port.ts'

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
  onmessage: ((event: MessageEvent<ArrayBuffer>) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onerror: ((event: Event) => void) | null
  send(data: Uint8Array): void
  close(): void
}

/** One connection to a console. `closed` resolves once, with the close frame's code and reason. */
export interface ConsoleChannel {
  readonly socket: ConsoleChannelSocket
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens the console at a path that `console.open` gave. */
export function openConsoleChannel(path: string): ConsoleChannel {
  return navigator.userAgent.includes('Electron/') ? openPortChannel(path) : openWebSocketChannel(path)
}

function openWebSocketChannel(path: string): ConsoleChannel {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
  })
  return { socket: socket as ConsoleChannelSocket, closed }
}

function openPortChannel(path: string): ConsoleChannel {
  const { port1, port2 } = new MessageChannel()
  let finish: (end: { code: number; reason: string }) => void = () => undefined
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    finish = resolve
  })
  const end = (code: number, reason: string) => {
    if (socket.readyState === WebSocket.CLOSED) return
    socket.readyState = WebSocket.CLOSED
    port1.close()
    finish({ code, reason })
    // As with a WebSocket, whoever waits for `closed` hears of it before noVNC takes its canvas away.
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
    socket.onmessage?.(new MessageEvent('message', { data: bytes.buffer }))
    port1.postMessage({ t: 'ack', bytes: bytes.length } satisfies ConsolePortMessage)
  }
  requestConsole(path, port2)
  return { socket, closed }
}
