import { encodeTransferFrame, TRANSFER_WINDOW_BYTES, type TransferFrame, transferWeight } from './frames.ts'

/** What comes, in order and without gaps. */
export type TransferPart =
  | { readonly t: 'data'; readonly offset: number; readonly data: Uint8Array }
  | { readonly t: 'hole'; readonly offset: number; readonly bytes: number }
  | { readonly t: 'end'; readonly offset: number }

/** The side that keeps the bytes. Sockets come and go; it goes on where it was. */
export interface TransferReceiver {
  /** A socket is there, and takes the place of one before. */
  attach(send: (bytes: Uint8Array) => void): void
  /** It is gone. */
  detach(): void
  /** A message of the sender. False: it does not keep to what was agreed, and is not to be listened to any more. */
  receive(frame: TransferFrame): boolean
  /** Have it sent from there: at first, and again when what came after that was lost. */
  start(offset: number): void
  /** The next part; waits for it. Rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<TransferPart>
  /** Up to where it was taken. */
  readonly position: number
  /** Whether a socket is there. */
  readonly isAttached: boolean
}

/** Takes what a sender sends, at most a window ahead of whoever reads. */
export function createTransferReceiver(windowBytes: number = TRANSFER_WINDOW_BYTES): TransferReceiver {
  let send: ((bytes: Uint8Array) => void) | null = null
  let waiting: TransferPart[] = []
  /** Up to where it was taken by `next`, and up to where it came. */
  let taken = 0
  let arrived = 0
  let hasEnded = false
  let isStarted = false
  /** What the sender may still send. */
  let credit = 0
  let owed = 0
  let heard = Promise.withResolvers<void>()

  const ask = () => {
    waiting = []
    arrived = taken
    hasEnded = false
    credit = windowBytes
    owed = 0
    if (isStarted) send?.(encodeTransferFrame({ t: 'start', offset: taken, credit }))
  }
  const pay = (bytes: number) => {
    owed += bytes
    // In few words: a message for each part would be as many as the parts.
    if (owed < windowBytes / 8 || send === null) return
    credit += owed
    send(encodeTransferFrame({ t: 'credit', bytes: owed }))
    owed = 0
  }

  return {
    get position() {
      return taken
    },
    get isAttached() {
      return send !== null
    },
    attach: (next) => {
      send = next
      ask()
      heard.resolve()
    },
    detach: () => {
      send = null
      // What came whole is kept: the next socket is asked for what follows what was taken.
      ask()
    },
    receive: (frame) => {
      if (frame.t === 'start' || frame.t === 'credit' || frame.t === 'abort') return false
      // Of an earlier start, on its way when another place was asked for.
      if (hasEnded || !isStarted || frame.offset !== arrived) return true
      credit -= transferWeight(frame)
      // One part may overdraw what is left of the window.
      if (credit < -windowBytes) return false
      if (frame.t === 'end') hasEnded = true
      else arrived += frame.t === 'data' ? frame.data.length : frame.bytes
      waiting.push(frame)
      heard.resolve()
      return true
    },
    start: (offset) => {
      isStarted = true
      taken = offset
      ask()
    },
    next: async (signal) => {
      for (;;) {
        signal.throwIfAborted()
        const part = waiting.shift()
        if (part !== undefined) {
          if (part.t !== 'end') {
            taken += part.t === 'data' ? part.data.length : part.bytes
            pay(transferWeight(part))
          }
          return part
        }
        heard = Promise.withResolvers<void>()
        const aborted = Promise.withResolvers<void>()
        const onAbort = () => aborted.resolve()
        signal.addEventListener('abort', onAbort, { once: true })
        await Promise.race([heard.promise, aborted.promise])
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}
