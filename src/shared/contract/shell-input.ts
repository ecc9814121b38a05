/*
 * What a page sends to a shell on a host: binary messages, each with a first byte that says what it is. What comes back is the
 * terminal's bytes as they are.
 */
const TEXT = 0
const SIZE = 1
const SIZE_BYTES = 5
const CELLS_LIMIT = 1_000

export type ShellInput =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }

/** A message of keys. */
export function encodeShellText(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 1)
  message[0] = TEXT
  message.set(bytes, 1)
  return message
}

/** A message that says how large the terminal is now, in characters. */
export function encodeShellSize(columns: number, rows: number): Uint8Array {
  const message = new DataView(new ArrayBuffer(SIZE_BYTES))
  message.setUint8(0, SIZE)
  message.setUint16(1, Math.min(columns, CELLS_LIMIT))
  message.setUint16(3, Math.min(rows, CELLS_LIMIT))
  return new Uint8Array(message.buffer)
}

/** Reads a message of a page; null for one that is none. Pure. */
export function decodeShellInput(message: Uint8Array): ShellInput | null {
  if (message[0] === TEXT) return { kind: 'text', bytes: message.subarray(1) }
  if (message[0] !== SIZE || message.length !== SIZE_BYTES) return null
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const [columns, rows] = [view.getUint16(1), view.getUint16(3)]
  const isSane = columns >= 1 && rows >= 1 && columns <= CELLS_LIMIT && rows <= CELLS_LIMIT
  return isSane ? { kind: 'size', columns, rows } : null
}
