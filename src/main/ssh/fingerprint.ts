import { createHash } from 'node:crypto'

const TYPE_LIMIT = 64

/** The fingerprint of a public key blob as OpenSSH prints it: `SHA256:` and unpadded base64. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The type that a public key blob names in its first field (RFC 4253, 6.6), or null when it is malformed. */
export function keyTypeOf(key: Buffer): string | null {
  if (key.length < 5) return null
  const length = key.readUInt32BE(0)
  if (length === 0 || length > TYPE_LIMIT || key.length < 4 + length) return null
  const type = key.toString('latin1', 4, 4 + length)
  return /^[\x21-\x7e]+$/.test(type) ? type : null
}

/** True when two fingerprints are the same, whether or not they carry the `SHA256:` prefix or padding. */
export function sameFingerprint(left: string, right: string): boolean {
  return normalize(left) === normalize(right)
}

function normalize(fingerprint: string): string {
  return fingerprint
    .trim()
    .replace(/^SHA256:/i, '')
    .replace(/=+$/, '')
}
