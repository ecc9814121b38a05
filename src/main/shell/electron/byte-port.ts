import type { MessagePortMain } from 'electron'
import { z } from 'zod'
import type { ConsolePortMessage } from '../../../shared/contract/index.ts'
import type { ByteSocket } from '../../engine/index.ts'

/** Bytes kept from a window while the host is behind; a window that goes on sending then is cut off. */
const PAUSED_LIMIT_BYTES = 1024 * 1024
const MESSAGE_LIMIT_BYTES = 1024 * 1024

const messageSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('data'),
    data: z.instanceof(Uint8Array).refine((data) => data.length <= MESSAGE_LIMIT_BYTES),
  }),
  z.object({ t: z.literal('ack'), bytes: z.number().int().nonnegative() }),
  z.object({ t: z.literal('close'), code: z.number(), reason: z.string().max(200) }),
])

/**
 * The end of a console or of a file on its way over a MessagePort. A port has no `bufferedAmount`: the page says what it has taken, and bytes
 * count as written only then.
 */
export function createPortByteSocket(port: MessagePortMain): ByteSocket {
  const unacknowledged: { bytes: number; readonly written: () => void }[] = []
  const held: Uint8Array[] = []
  let heldBytes = 0
  let paused = false
  let closed = false
  let onMessage: (data: Uint8Array) => void = () => undefined
  let onClose: () => void = () => undefined

  const post = (message: ConsolePortMessage) => port.postMessage(message)
  const finish = () => {
    if (closed) return
    closed = true
    onClose()
  }
  const acknowledge = (bytes: number) => {
    let left = bytes
    while (left > 0) {
      const [first] = unacknowledged
      if (first === undefined) return
      const taken = Math.min(left, first.bytes)
      first.bytes -= taken
      left -= taken
      if (first.bytes > 0) return
      unacknowledged.shift()
      first.written()
    }
  }
  const receive = (data: Uint8Array) => {
    if (!paused) {
      onMessage(data)
      return
    }
    held.push(data)
    heldBytes += data.length
    if (heldBytes > PAUSED_LIMIT_BYTES) {
      port.close()
      finish()
    }
  }
  const resume = () => {
    paused = false
    while (!paused) {
      const data = held.shift()
      if (data === undefined) return
      heldBytes -= data.length
      onMessage(data)
    }
  }
  port.on('message', ({ data }) => {
    if (closed) return
    const parsed = messageSchema.safeParse(data)
    // A page that does not keep to the protocol is not ours, or broken.
    if (!parsed.success || parsed.data.t === 'close') {
      port.close()
      finish()
    } else if (parsed.data.t === 'ack') acknowledge(parsed.data.bytes)
    else receive(parsed.data.data)
  })
  port.once('close', finish)
  return {
    send: (data, written) => {
      if (closed) return
      // A view may be the small part of a large buffer, which would be sent whole.
      post({ t: 'data', data: data.slice() })
      if (data.length === 0) written()
      else unacknowledged.push({ bytes: data.length, written })
    },
    close: (code, reason) => {
      if (closed) return
      post({ t: 'close', code, reason })
      // The page closes its end when it has read that; a page that is gone has closed it already.
      finish()
    },
    pause: () => {
      paused = true
    },
    resume,
    onMessage: (listener) => {
      onMessage = listener
      port.start()
    },
    onClose: (listener) => {
      onClose = listener
    },
  }
}
