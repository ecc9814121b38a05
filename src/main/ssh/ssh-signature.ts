import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { readWire, type WireReader } from './wire-format.ts'

const CURVES: Readonly<Record<string, { readonly name: string; readonly hash: string; readonly bytes: number }>> = {
  'ecdsa-sha2-nistp256': { name: 'P-256', hash: 'sha256', bytes: 32 },
  'ecdsa-sha2-nistp384': { name: 'P-384', hash: 'sha384', bytes: 48 },
  'ecdsa-sha2-nistp521': { name: 'P-521', hash: 'sha512', bytes: 66 },
}
/** SHA-1 is left out, as OpenSSH leaves it out. */
const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }
const RSA_MINIMUM_BITS = 2_048
const UNCOMPRESSED_POINT = 4

/**
 * Checks a signature (RFC 4253, 6.6) by the public key of a blob. `unsupported`: a key or algorithm that is not taken, such as
 * RSA with SHA-1, short RSA keys and security tokens.
 */
export function verifySignature(key: Buffer, data: Buffer, signature: Buffer): 'valid' | 'invalid' | 'unsupported' {
  const parsed = readWire(key, readPublicKey)
  const parts = readWire(signature, (reader) => {
    const found = { algorithm: reader.text(), value: reader.string() }
    return reader.isAtEnd ? found : null
  })
  if (parts === null) return 'invalid'
  if (parsed === null) return 'unsupported'
  const { algorithm, value } = parts
  const curve = CURVES[parsed.type]
  if (curve !== undefined) {
    const point = readWire(value, (reader) => [reader.string(), reader.string()].map((each) => pad(each, curve.bytes)))
    if (algorithm !== parsed.type || point === null) return 'invalid'
    const raw = { key: parsed.key, dsaEncoding: 'ieee-p1363' } as const
    return verify(curve.hash, data, raw, Buffer.concat(point)) ? 'valid' : 'invalid'
  }
  if (parsed.type === 'ssh-ed25519') {
    return algorithm === parsed.type && verify(null, data, parsed.key, value) ? 'valid' : 'invalid'
  }
  const hash = RSA_HASHES[algorithm]
  if (hash === undefined || (parsed.key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_MINIMUM_BITS)
    return 'unsupported'
  return verify(hash, data, parsed.key, value) ? 'valid' : 'invalid'
}

function readPublicKey(reader: WireReader): { type: string; key: KeyObject } | null {
  const type = reader.text()
  const jwk = readJwk(type, reader)
  if (jwk === null || !reader.isAtEnd) return null
  try {
    return { type, key: createPublicKey({ key: jwk, format: 'jwk' }) }
  } catch {
    // A point that is not on its curve, a modulus of zero: no key.
    return null
  }
}

function readJwk(type: string, reader: WireReader): JsonWebKey | null {
  const encode = (value: Buffer) => value.toString('base64url')
  if (type === 'ssh-ed25519') return { kty: 'OKP', crv: 'Ed25519', x: encode(reader.string()) }
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.string(), reader.string()]
    return { kty: 'RSA', e: encode(e), n: encode(n) }
  }
  const curve = CURVES[type]
  if (curve === undefined) return null
  reader.string() // The curve's name once more.
  const point = reader.string()
  if (point[0] !== UNCOMPRESSED_POINT || point.length !== 1 + 2 * curve.bytes) return null
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)]
  return { kty: 'EC', crv: curve.name, x: encode(x), y: encode(y) }
}

/** An mpint without its sign byte, filled up to a fixed length. One that is too long stays so, and fits no signature. */
function pad(value: Buffer, bytes: number): Buffer {
  const start = value.findIndex((byte) => byte !== 0)
  const digits = start < 0 ? Buffer.alloc(0) : value.subarray(start)
  return Buffer.concat([Buffer.alloc(Math.max(0, bytes - digits.length)), digits])
}
