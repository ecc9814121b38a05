import type { WebSocket } from 'ws'
import { type ServerPort, writeFrame } from '../../engine/index.ts'

/** RFC 6455 close codes. */
const CLOSE_UNSUPPORTED_DATA = 1003
const CLOSE_INVALID_PAYLOAD = 1007
const CLOSE_POLICY_VIOLATION = 1008
/** A close frame has room for this many bytes of reason. */
const REASON_LIMIT_BYTES = 123
/** A client that does not read does not read a close frame either. */
const CLOSE_GRACE_MS = 5_000

/**
 * Carries the contract's frames over `socket` as JSON text. What is not JSON text ends the connection; `maxPayload` of the
 * server bounds a frame's size, and `bufferedAmount` tells the engine when to hold back.
 */
export function createSocketPort(socket: WebSocket): ServerPort {
  function close(code: number, reason: string): void {
    const bytes = Buffer.from(reason).subarray(0, REASON_LIMIT_BYTES)
    socket.close(code, bytes.toString('utf8').replaceAll('\uFFFD', ''))
    const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS)
    socket.once('close', () => clearTimeout(timer))
  }
  return {
    get bufferedAmount() {
      return socket.bufferedAmount
    },
    send(frame) {
      if (socket.readyState !== socket.OPEN) return
      const pieces = writeFrame(frame)
      // Fragments of one message (RFC 6455, 5.4): the pieces are not put together here only to be taken apart again.
      for (const [index, piece] of pieces.entries())
        socket.send(piece, { binary: false, fin: index === pieces.length - 1 })
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary) => {
        // A peer that was refused may go on sending until it reads that: nothing of it is run.
        if (socket.readyState !== socket.OPEN) return
        if (isBinary) {
          close(CLOSE_UNSUPPORTED_DATA, 'frames are JSON text')
          return
        }
        const message = parseJson(data.toString('utf8'))
        if (message === undefined) close(CLOSE_INVALID_PAYLOAD, 'frames are JSON text')
        else listener(message)
      })
    },
    onClose(listener) {
      socket.on('close', listener)
    },
    close: (reason) => close(CLOSE_POLICY_VIOLATION, reason),
  }
}

/** `undefined` for what is not JSON, which no JSON text gives. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
