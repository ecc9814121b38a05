/**
 * Bytes or a value that XDR, or libvirt's limits on it, do not allow. Raised by the codec only; the connection turns it
 * into the AppError that fits: from the daemon's bytes a protocol violation, from a caller's value an invalid argument.
 */
export class XdrError extends Error {
  override readonly name = 'XdrError'
}

/** Longest string on the wire, in bytes without padding (`REMOTE_STRING_MAX` in libvirt's remote_protocol.x). */
export const STRING_MAX_BYTES = 4_194_304

export const UUID_BYTES = 16

/** XDR pads everything to units of four bytes. */
export function padded(byteLength: number): number {
  return (byteLength + 3) & ~3
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The canonical, lower-case form of the 16 bytes at `offset`. The caller has checked that they are there. */
export function formatUuid(bytes: Uint8Array, offset: number): string {
  const hex = (index: number): string => HEX[bytes[offset + index] ?? 0] ?? '00'
  return (
    `${hex(0)}${hex(1)}${hex(2)}${hex(3)}-${hex(4)}${hex(5)}-${hex(6)}${hex(7)}-${hex(8)}${hex(9)}-` +
    `${hex(10)}${hex(11)}${hex(12)}${hex(13)}${hex(14)}${hex(15)}`
  )
}

/** Writes a canonical UUID as 16 bytes at `offset`. Throws XdrError for anything else. */
export function writeUuid(bytes: Uint8Array, offset: number, uuid: string): void {
  if (!CANONICAL.test(uuid)) throw new XdrError(`not a UUID: ${JSON.stringify(uuid.slice(0, 64))}`)
  const digits = uuid.replaceAll('-', '')
  for (let index = 0; index < UUID_BYTES; index += 1) {
    bytes[offset + index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16)
  }
}
