/** Longest string on the wire, in bytes without padding (`REMOTE_STRING_MAX` in libvirt's remote_protocol.x). */
export const STRING_MAX_BYTES = 4_194_304

export const UUID_BYTES = 16

/** XDR pads everything to units of four bytes. */
export function padded(byteLength: number): number {
  return (byteLength + 3) & ~3
}
