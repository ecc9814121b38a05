import type { Duplex } from 'node:stream'
import { AppError } from '../../shared/errors/index.ts'
import { PAGE_GREETING, PageHandshake } from './rfb/page-handshake.ts'
import { type HandshakeProgress, ServerHandshake } from './rfb/server-handshake.ts'
import { VIEWER_GREETING, ViewerHandshake, type ViewerHandshakeOptions } from './rfb/viewer-handshake.ts'
import type { SocketEnd } from './socket-end.ts'

export const HANDSHAKE_TIMEOUT_MS = 15_000

interface HandshakeOptions {
  /** The VM's, for errors. */
  readonly name: string
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}

/**
 * Signs in to a VNC server. Afterwards `upstream` is paused just behind SecurityResult. Errors: those of
 * `ServerHandshake`, console.handshake-timed-out, console.refused when the server hangs up.
 */
export function signInToServer(
  upstream: Duplex,
  password: string | null,
  { name, signal, timeoutMs = HANDSHAKE_TIMEOUT_MS }: HandshakeOptions,
): Promise<void> {
  const handshake = new ServerHandshake(name, password)
  return new Promise((resolve, reject) => {
    const settle = (error: unknown) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      upstream.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd)
      upstream.pause()
      if (error === null) resolve()
      else reject(error instanceof Error ? error : new Error(String(error)))
    }
    const onData = (chunk: Buffer) => {
      try {
        const { send, rest } = handshake.push(chunk)
        if (send.length > 0) upstream.write(send)
        if (rest === null) return
        settle(null)
        if (rest.length > 0) upstream.unshift(Buffer.from(rest))
      } catch (error) {
        settle(error)
      }
    }
    const onAbort = () => settle(signal.reason)
    const onError = (cause: Error) =>
      settle(new AppError('console.refused', { name, reason: '' }, { cause, retry: 'safe' }))
    const onEnd = () => settle(new AppError('console.refused', { name, reason: '' }, { retry: 'safe' }))
    const timer = setTimeout(
      () => settle(new AppError('console.handshake-timed-out', { name, timeoutMs }, { retry: 'safe' })),
      timeoutMs,
    )
    signal.addEventListener('abort', onAbort)
    upstream.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd)
    if (signal.aborted) onAbort()
  })
}

/**
 * Greets the window as a VNC server without security. What the window sends behind the handshake is held for the next
 * `deliverTo`. Errors: console.protocol-violation, console.handshake-timed-out.
 */
export function greetPage(end: SocketEnd, options: HandshakeOptions): Promise<void> {
  return greet(end, PAGE_GREETING, new PageHandshake(options.name), options)
}

/**
 * Greets a viewer of this computer as a VNC server with a password. What it sends behind the handshake is held as with the window. Errors:
 * console.viewer-refused, console.protocol-violation, console.handshake-timed-out.
 */
export function greetViewer(end: SocketEnd, options: HandshakeOptions & ViewerHandshakeOptions): Promise<void> {
  return greet(end, VIEWER_GREETING, new ViewerHandshake(options), options)
}

function greet(
  end: SocketEnd,
  greeting: Uint8Array,
  handshake: { push(chunk: Uint8Array): HandshakeProgress },
  { name, signal, timeoutMs = HANDSHAKE_TIMEOUT_MS }: HandshakeOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      if (error === null) resolve()
      else reject(error instanceof Error ? error : new Error(String(error)))
    }
    const onAbort = () => settle(signal.reason)
    const timer = setTimeout(
      () => settle(new AppError('console.handshake-timed-out', { name, timeoutMs }, { retry: 'safe' })),
      timeoutMs,
    )
    signal.addEventListener('abort', onAbort)
    // Before anything of the window is answered: it may have spoken already.
    end.send(greeting)
    end.deliverTo((data) => {
      try {
        const { send, rest } = handshake.push(data)
        end.send(send)
        if (rest === null) return
        end.hold(rest)
        settle(null)
      } catch (error) {
        end.hold(new Uint8Array(0))
        settle(error)
      }
    })
    if (signal.aborted) onAbort()
  })
}
