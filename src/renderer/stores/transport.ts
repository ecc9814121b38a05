import { type ClientPort, type ContractClient, createContractClient } from '../../shared/contract/index.ts'

/*
 * The only file that knows how the engine is reached: a WebSocket of the page's own origin (server shell), or the
 * MessagePort that Electron's preload hands over in a window message.
 */

/** What the preload's message says; its one port is the engine. */
const PORT_MESSAGE = 'virtdeck:port'
const CONNECT_TIMEOUT_MS = 10_000

/** Whether this page lives in Electron's window rather than in a browser. */
export function isElectron(): boolean {
  return navigator.userAgent.includes('Electron/')
}

/** Connects this page to its engine; it reconnects and resubscribes by itself. */
export function connectEngine(): ContractClient {
  forgetSignInLink()
  const portMessages = receivePorts()
  const client = createContractClient({
    connect: (signal) => (isElectron() ? portMessages.next(signal) : openSocket(signal)),
  })
  window.addEventListener('online', () => client.retryNow())
  return client
}

/** The page's address may be that of the one-time link, which is used up: it is taken out of the address and the history. */
function forgetSignInLink(): void {
  const address = new URL(location.href)
  if (!address.searchParams.has('token')) return
  address.searchParams.delete('token')
  history.replaceState(history.state, '', address)
}

/** Ports that were handed over, to be taken one by one: the preload sends a new one after each loss. */
function receivePorts(): { next(signal: AbortSignal): Promise<ClientPort> } {
  const waiting: MessagePort[] = []
  let wake: (() => void) | null = null
  window.addEventListener('message', (event) => {
    const [port] = event.ports
    if (event.source !== window || event.data !== PORT_MESSAGE || port === undefined) return
    waiting.push(port)
    wake?.()
  })
  return {
    async next(signal) {
      while (waiting.length === 0) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      }
      return portOf(waiting.shift() as MessagePort)
    },
  }
}

function portOf(port: MessagePort): ClientPort {
  return {
    send: (frame) => port.postMessage(frame),
    onMessage(listener) {
      port.onmessage = (event) => listener(event.data)
    },
    onClose(listener) {
      port.addEventListener('close', () => listener('the engine closed the port'))
    },
    close: () => port.close(),
  }
}

async function openSocket(signal: AbortSignal): Promise<ClientPort> {
  const url = new URL('/api/socket', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url)
  try {
    await opened(socket, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]))
  } catch (error) {
    socket.close()
    await leaveWhenSignedOut()
    throw error
  }
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    onMessage(listener) {
      socket.onmessage = (event) => listener(JSON.parse(String(event.data)))
    },
    onClose(listener) {
      socket.onclose = (event) => listener(event.reason === '' ? `closed (${event.code})` : event.reason)
    },
    close: () => socket.close(),
  }
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onclose = () => reject(new Error('the connection was refused'))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A refused socket does not say why. When it is the session that is gone, the server's sign-in page is the way on. */
async function leaveWhenSignedOut(): Promise<void> {
  try {
    const answer = await fetch('/api/topics/session', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) })
    if (answer.status === 401) location.assign('/sign-in')
  } catch {
    // Not reachable at all: the client tries again by itself.
  }
}

/** Ends the session at the server shell; its sign-in page follows. Without an answer the page stays: it may live on. */
export async function signOut(): Promise<void> {
  const answer = await fetch('/api/sign-out', {
    method: 'POST',
    signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
  }).catch(() => null)
  if (answer?.ok === true || answer?.status === 401) location.assign('/sign-in')
}
