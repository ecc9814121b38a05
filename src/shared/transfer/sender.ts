import { encodeTransferFrame, TRANSFER_PART_BYTES, type TransferFrame, transferWeight } from './frames.ts'
import { cutZeros } from './zeros.ts'

/** Zeros that are sent as one hole at most, so that whoever looks sees something move. */
const HOLE_LIMIT_BYTES = 64 * 1024 * 1024

/** Bytes, or so many zeros. */
export type SourcePart = { readonly data: Uint8Array } | { readonly holeBytes: number }

/** What is sent: something that can be read from anywhere on. */
export interface TransferSource {
  /** All from there to the end, in order. Ended early by leaving the loop, or by the signal. */
  open(offset: number, signal: AbortSignal): AsyncIterable<SourcePart>
}

/** The side that has the bytes. */
export interface TransferSender {
  /** A message of the receiver. */
  receive(frame: TransferFrame): void
  /** Ends it; nothing is sent any more. */
  stop(): void
  /** Rejects with the first failure to read; resolves once stopped. */
  readonly ended: Promise<void>
}

/**
 * Sends what a source has as the receiver asks for it: from where it says, anew when it says another place, and never more than it can
 * take. Runs of zeros go as holes.
 */
export function createTransferSender(source: TransferSource, send: (bytes: Uint8Array) => void): TransferSender {
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => undefined)
  let credit = 0
  let run = new AbortController()
  let roomy = Promise.withResolvers<void>()
  let running: Promise<void> = Promise.resolve()

  async function put(frame: TransferFrame, signal: AbortSignal): Promise<void> {
    while (credit <= 0 && !signal.aborted) {
      roomy = Promise.withResolvers<void>()
      await roomy.promise
    }
    if (signal.aborted) return
    credit -= transferWeight(frame)
    send(encodeTransferFrame(frame))
  }

  async function sendFrom(offset: number, signal: AbortSignal): Promise<void> {
    let position = offset
    let hole = 0
    const flushHole = async () => {
      if (hole > 0) await put({ t: 'hole', offset: position - hole, bytes: hole }, signal)
      hole = 0
    }
    for await (const part of source.open(offset, signal)) {
      for (const piece of piecesOf(part)) {
        if (signal.aborted) return
        if ('holeBytes' in piece) {
          position += piece.holeBytes
          hole += piece.holeBytes
          if (hole >= HOLE_LIMIT_BYTES) await flushHole()
        } else {
          await flushHole()
          await put({ t: 'data', offset: position, data: piece.data }, signal)
          position += piece.data.length
        }
      }
    }
    await flushHole()
    await put({ t: 'end', offset: position }, signal)
  }

  const restart = () => {
    run.abort()
    roomy.resolve()
    run = new AbortController()
    return run.signal
  }

  return {
    receive: (frame) => {
      if (frame.t === 'credit') {
        credit += frame.bytes
        roomy.resolve()
      }
      if (frame.t !== 'start') return
      const signal = restart()
      credit = frame.credit
      // One reads at a time: the one before sees that it is not wanted any more.
      running = running
        .then(() => (signal.aborted ? undefined : sendFrom(frame.offset, signal)))
        .catch((error: unknown) => {
          if (!signal.aborted) ended.reject(error)
        })
    },
    stop: () => {
      restart()
      ended.resolve()
    },
    ended: ended.promise,
  }
}

function* piecesOf(part: SourcePart): Generator<SourcePart> {
  if ('holeBytes' in part) {
    yield part
    return
  }
  for (const run of cutZeros(part.data)) {
    if ('zeros' in run) yield { holeBytes: run.zeros }
    else
      for (let at = 0; at < run.data.length; at += TRANSFER_PART_BYTES)
        yield { data: run.data.subarray(at, at + TRANSFER_PART_BYTES) }
  }
}
