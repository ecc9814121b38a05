/**
 * Bytes or a value that XDR, or libvirt's limits on it, do not allow. Raised by the codec only; the connection turns it
 * into the AppError that fits: from the daemon's bytes a protocol violation, from a caller's value an invalid argument.
 */
export class XdrError extends Error {
  override readonly name = 'XdrError'
}
