import {
  type ClientPort,
  type ContractClient,
  createContractClient,
  ENGINE_PORT_MESSAGE,
  type SignInValue,
  socketProtocols,
} from '../../shared/contract/index.ts'
import { createFrameQueue, createTaskScheduler } from './frame-queue.ts'
import { forgetSession, leaveForSignIn, readSession, sessionHeaders, storeSession, takeLinkToken } from './session.ts'

/*
 * The only file that knows how the engine is reached: a WebSocket of the page's own origin (server shell), or the
 * MessagePort that Electron's preload hands over in a window message.
 */

const CONNECT_TIMEOUT_MS = 10_000

/** Whether this page lives in Electron's window rather than in a browser. */
export function isElectron(): boolean {
  return navigator.userAgent.includes('Electron/')
}

/** Connects this page to its engine; it reconnects and resubscribes by itself. */
export function connectEngine(): ContractClient {
  const portMessages = receivePorts()
  let token = isElectron() ? null : takeLinkToken()
  const client = createContractClient({
    async connect(signal) {
      if (isElectron()) return portMessages.next(signal)
      const limited = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)])
      if (token !== null) await redeemLink(token, limited)
      token = null
      return openSocket(limited)
    },
  })
  window.addEventListener('online', () => client.retryNow())
  return client
}

/** Ports that were handed over: a new one comes after each loss, and only the latest leads anywhere. */
function receivePorts(): { next(signal: AbortSignal): Promise<ClientPort> } {
  let waiting: MessagePort | null = null
  let wake: (() => void) | null = null
  window.addEventListener('message', (event) => {
    const [port] = event.ports
    if (event.source !== window || event.data !== ENGINE_PORT_MESSAGE || port === undefined) return
    waiting?.close()
    waiting = port
    wake?.()
  })
  return {
    async next(signal) {
      for (;;) {
        const port = waiting
        waiting = null
        if (port !== null) return portOf(port)
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      }
    },
  }
}

function portOf(port: MessagePort): ClientPort {
  const decoder = new TextDecoder()
  return inTasks({
    send: (frame) => port.postMessage(frame),
    onMessage(listener) {
      // A frame is JSON in pieces; those that every window gets are bytes.
      port.onmessage = ({ data }: MessageEvent<readonly (string | Uint8Array)[]>) =>
        listener(JSON.parse(data.map((piece) => (typeof piece === 'string' ? piece : decoder.decode(piece))).join('')))
    },
    onClose(listener) {
      port.addEventListener('close', () => listener('the engine closed the port'))
    },
    close: () => port.close(),
  })
}

/** The same port; the frames that came while the page was busy are heard together. */
function inTasks(port: ClientPort): ClientPort {
  let hear: (frame: unknown) => void = () => undefined
  const tasks = createTaskScheduler()
  const frames = createFrameQueue<unknown>((frame) => hear(frame), tasks.schedule)
  port.onMessage(frames.push)
  return {
    send: (frame) => port.send(frame),
    onMessage(listener) {
      hear = listener
    },
    onClose(listener) {
      port.onClose((reason) => {
        frames.flush()
        tasks.close()
        listener(reason)
      })
    },
    close() {
      tasks.close()
      port.close()
    },
  }
}

/** Uses a link up. Rejects when the server cannot be asked, or gives no session: then its sign-in page says why. */
async function redeemLink(token: string, signal: AbortSignal): Promise<void> {
  const session = readSession()
  const answer = await fetch('/api/sign-in', {
    method: 'POST',
    headers: { ...sessionHeaders(session), 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
    signal,
  })
  if (answer.status === 401) {
    forgetSession(session)
    leaveForSignIn('link-used')
    throw new Error('the sign-in link was refused')
  }
  if (!answer.ok) throw new Error(`signing in was answered with ${answer.status}`)
  const { value } = (await answer.json()) as { readonly value: SignInValue }
  if (value.session !== null) storeSession(value.session)
}

async function openSocket(signal: AbortSignal): Promise<ClientPort> {
  const session = readSession()
  // Without one it is refused for sure, and the browser would complain of it.
  if (session === null) await leaveWhenSignedOut(null, signal)
  const url = new URL('/api/socket', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(url, socketProtocols(session))
  try {
    await opened(socket, signal)
  } catch (error) {
    socket.close()
    await leaveWhenSignedOut(session, AbortSignal.timeout(CONNECT_TIMEOUT_MS))
    throw error
  }
  return inTasks({
    send: (frame) => socket.send(JSON.stringify(frame)),
    onMessage(listener) {
      socket.onmessage = (event) => listener(JSON.parse(String(event.data)))
    },
    onClose(listener) {
      socket.onclose = (event) => listener(event.reason === '' ? `closed (${event.code})` : event.reason)
    },
    close: () => socket.close(),
  })
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onclose = () => reject(new Error('the connection was refused'))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** A refused socket does not say why. Rejects when it is the session that is gone: the server's sign-in page is the way on. */
async function leaveWhenSignedOut(session: string | null, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch('/api/topics/session', { headers: sessionHeaders(session), signal })
    if (answer.status !== 401) return
  } catch {
    // Not reachable at all: the client tries again by itself.
    return
  }
  forgetSession(session)
  leaveForSignIn()
  throw new Error('this browser is not signed in')
}

/** Ends the session at the server shell; its sign-in page follows. Without an answer the page stays: it may live on. */
export async function signOut(): Promise<void> {
  const session = readSession()
  const answer = await fetch('/api/sign-out', {
    method: 'POST',
    headers: sessionHeaders(session),
    signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
  }).catch(() => null)
  if (answer?.ok !== true && answer?.status !== 401) return
  forgetSession(session)
  leaveForSignIn()
}
