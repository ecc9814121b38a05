import { sign } from 'node:crypto'
import type { ParsedKey } from 'ssh2'
import { packString } from './wire-format.ts'

const USERAUTH_REQUEST = 50
const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com'
const HASHES: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ssh-rsa': 'sha1',
}

export interface PublicKeyRequest {
  readonly username: string
  /** The algorithm that is announced: of a certificate its own name, `rsa-sha2-512-cert-v01@openssh.com` for example. */
  readonly algorithm: string
  readonly blob: Buffer
  /** False: only asks whether the key would do. */
  readonly isSigned: boolean
}

/** SSH_MSG_USERAUTH_REQUEST with the method `publickey` (RFC 4252, 7), without the signature that ends a signed one. */
export function packPublicKeyRequest({ username, algorithm, blob, isSigned }: PublicKeyRequest): Buffer {
  return Buffer.concat([
    Buffer.from([USERAUTH_REQUEST]),
    ...[username, 'ssh-connection', 'publickey'].map(packString),
    Buffer.from([isSigned ? 1 : 0]),
    packString(algorithm),
    packString(blob),
  ])
}

/** The algorithm to announce for a key or certificate of a type, where nothing else was agreed on. SHA-1 is not offered. */
export function announcedAlgorithm(type: string): string {
  return type.replace(/^ssh-rsa(?=-cert-|$)/, 'rsa-sha2-512')
}

/** The name of the signature that goes with an announced algorithm: a certificate signs as its key does. */
export function signatureAlgorithm(announced: string): string {
  return announced.endsWith(CERTIFICATE_SUFFIX) ? announced.slice(0, -CERTIFICATE_SUFFIX.length) : announced
}

/** Signs with a private key; the signature has its algorithm's name before it (RFC 4253, 6.6). */
export function signWithKey(key: ParsedKey, data: Buffer, algorithm: string): Buffer {
  const pem = { key: key.getPrivatePEM(), dsaEncoding: 'ieee-p1363' } as const
  const signature = sign(HASHES[algorithm] ?? null, data, pem)
  return Buffer.concat([
    packString(algorithm),
    packString(algorithm.startsWith('ecdsa-') ? packEcdsaSignature(signature) : signature),
  ])
}

/** RFC 5656, 3.1.2: the two halves as `mpint`s. */
function packEcdsaSignature(signature: Buffer): Buffer {
  const half = signature.length / 2
  return Buffer.concat([packMpint(signature.subarray(0, half)), packMpint(signature.subarray(half))])
}

/** A positive `mpint` of RFC 4251: no leading zeros, but one where the first bit would make it negative. */
export function packMpint(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0)
  const digits = first === -1 ? Buffer.alloc(0) : value.subarray(first)
  const isNegative = (digits[0] ?? 0) >= 0x80
  return packString(isNegative ? Buffer.concat([Buffer.alloc(1), digits]) : digits)
}
