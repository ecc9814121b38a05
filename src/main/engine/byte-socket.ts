/**
 * The client's end of a console or of a file on its way, whatever carries it: a WebSocket of the server shell, a MessagePort in Electron.
 * Messages are binary. After `onClose` nothing else is called.
 */
export interface ByteSocket {
  /** `written` is called once the bytes have left for the window: what is not written yet counts as queued. */
  send(data: Uint8Array, written: () => void): void
  /** Ends the connection with a close code and a reason of at most 123 bytes. Safe to call twice. */
  close(code: number, reason: string): void
  /** Stops reading from the window until `resume`. */
  pause(): void
  resume(): void
  onMessage(listener: (data: Uint8Array) => void): void
  onClose(listener: () => void): void
}

/** What the `ws` package's WebSocket has of what is needed here; structural, so that this folder does not import it. */
export interface WebSocketLike {
  send(data: Uint8Array, options: { binary: true }, callback: (error?: Error | null) => void): void
  close(code: number, reason: string): void
  terminate(): void
  pause(): void
  resume(): void
  on(event: 'message', listener: (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => void): unknown
  on(event: 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

const CLOSE_GRACE_MS = 5_000

/** A `ByteSocket` over a WebSocket of the `ws` package. */
export function createWebSocketByteSocket(socket: WebSocketLike): ByteSocket {
  let closing = false
  // An error is always followed by 'close', which is what the bridge acts on; without a listener it would be thrown.
  socket.on('error', () => undefined)
  return {
    send: (data, written) => {
      if (!closing) socket.send(data, { binary: true }, () => written())
    },
    close: (code, reason) => {
      if (closing) return
      closing = true
      // A paused socket would not read the other side's close frame.
      socket.resume()
      socket.close(code, reason)
      const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS)
      timer.unref()
      socket.on('close', () => clearTimeout(timer))
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onMessage: (listener) => {
      socket.on('message', (data) => listener(asBytes(data)))
    },
    onClose: (listener) => {
      socket.on('close', listener)
    },
  }
}

function asBytes(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
