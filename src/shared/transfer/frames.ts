/*
 * The messages on a socket that moves a file, the same for uploads and downloads: whoever keeps the bytes (the receiver) says where to begin and how much
 * it can take; whoever has them (the sender) sends no more than that. Each is binary: its kind in one byte, numbers as doubles in big-endian.
 */

/** A message with bytes stays below what a WebSocket of the engine takes. */
export const TRANSFER_PART_BYTES = 512 * 1024
/** Bytes on their way at most. */
export const TRANSFER_WINDOW_BYTES = 8 * 1024 * 1024
/** What a hole counts for against the window. */
export const HOLE_WEIGHT_BYTES = 1_024

const DATA = 1
const HOLE = 2
const END = 3
const START = 4
const CREDIT = 5
const ABORT = 6
const NUMBER_BYTES = 8
const ONE = 1 + NUMBER_BYTES
const TWO = ONE + NUMBER_BYTES

/** `offset` tells a part of an earlier start from one that is wanted. */
export type TransferFrame =
  | { readonly t: 'data'; readonly offset: number; readonly data: Uint8Array }
  /** Zeros that take no space. */
  | { readonly t: 'hole'; readonly offset: number; readonly bytes: number }
  /** All has been sent: the whole has `offset` bytes. */
  | { readonly t: 'end'; readonly offset: number }
  /** Of the receiver: send from there; what was on its way is void. */
  | { readonly t: 'start'; readonly offset: number; readonly credit: number }
  /** Of the receiver: so much more may be sent. */
  | { readonly t: 'credit'; readonly bytes: number }
  /** Of a client: nobody wants it any more. */
  | { readonly t: 'abort' }

/** Writes a message. Pure. */
export function encodeTransferFrame(frame: TransferFrame): Uint8Array<ArrayBuffer> {
  switch (frame.t) {
    case 'data': {
      const bytes = numbers(DATA, [frame.offset], frame.data.length)
      bytes.set(frame.data, ONE)
      return bytes
    }
    case 'hole':
      return numbers(HOLE, [frame.offset, frame.bytes])
    case 'end':
      return numbers(END, [frame.offset])
    case 'start':
      return numbers(START, [frame.offset, frame.credit])
    case 'credit':
      return numbers(CREDIT, [frame.bytes])
    case 'abort':
      return numbers(ABORT, [])
  }
}

/** Reads a message; null for what is none. Its data is a view on `bytes`. Pure. */
export function decodeTransferFrame(bytes: Uint8Array): TransferFrame | null {
  const kind = bytes[0]
  if (kind === ABORT && bytes.length === 1) return { t: 'abort' }
  const first = numberAt(bytes, 1)
  const second = numberAt(bytes, ONE)
  if (first === null) return null
  if (kind === DATA) return { t: 'data', offset: first, data: bytes.subarray(ONE) }
  if (kind === END && bytes.length === ONE) return { t: 'end', offset: first }
  if (kind === CREDIT && bytes.length === ONE) return { t: 'credit', bytes: first }
  if (second === null || bytes.length !== TWO) return null
  if (kind === HOLE) return { t: 'hole', offset: first, bytes: second }
  return kind === START ? { t: 'start', offset: first, credit: second } : null
}

/** What a part counts for against the window. Pure. */
export function transferWeight(frame: TransferFrame): number {
  if (frame.t === 'data') return Math.max(frame.data.length, HOLE_WEIGHT_BYTES)
  return frame.t === 'hole' ? HOLE_WEIGHT_BYTES : 0
}

function numbers(kind: number, values: readonly number[], further = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(1 + values.length * NUMBER_BYTES + further)
  const view = new DataView(bytes.buffer)
  bytes[0] = kind
  for (const [index, value] of values.entries()) view.setFloat64(1 + index * NUMBER_BYTES, value)
  return bytes
}

/** Null: it is not there, or not a count of bytes. */
function numberAt(bytes: Uint8Array, at: number): number | null {
  if (at + NUMBER_BYTES > bytes.length) return null
  const value = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(at)
  return Number.isSafeInteger(value) && value >= 0 ? value : null
}
