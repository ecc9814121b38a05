import { boundText } from './failure.ts'
import { keyTypeOf } from './fingerprint.ts'
import { packString, readWire, type WireReader } from './wire-format.ts'

/** What the names of certificates and of their algorithms end with. */
export const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com'
const PRINCIPALS_LIMIT = 256
const OPTIONS_LIMIT = 64
const FOREVER = 2n ** 64n - 1n
const PURPOSES: Readonly<Record<number, 'user' | 'host'>> = { 1: 'user', 2: 'host' }

/** How many fields the public key itself has, after its type. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
}

/** An OpenSSH certificate (PROTOCOL.certkeys). Nothing about it has been verified. */
export interface Certificate {
  /** The whole of it, as it is offered. */
  readonly blob: Buffer
  /** `ssh-ed25519-cert-v01@openssh.com` */
  readonly type: string
  /** The type of the key that it certifies, `ssh-ed25519`, and that key as a blob of its own. */
  readonly keyType: string
  readonly publicKey: Buffer
  readonly purpose: 'user' | 'host'
  readonly keyId: string
  readonly serial: bigint
  /** Names of users or hosts; an empty list: of all. */
  readonly principals: readonly string[]
  /** Milliseconds since 1970; null: without end. It is not valid any more at `validBefore`. */
  readonly validAfter: number
  readonly validBefore: number | null
  /** Names of the critical options: whoever does not know one must refuse the certificate. */
  readonly criticalOptions: readonly string[]
  /** The key of the authority, its signature, and what that was made over. */
  readonly authority: Buffer
  readonly signature: Buffer
  readonly signedData: Buffer
}

/** Reads a certificate's blob; null when it is none, of a kind that is not known, or malformed. */
export function parseCertificate(blob: Buffer): Certificate | null {
  const type = keyTypeOf(blob)
  if (type === null || !type.endsWith(CERTIFICATE_SUFFIX)) return null
  // `sk-ssh-ed25519-cert-v01@openssh.com` certifies `sk-ssh-ed25519@openssh.com`.
  const base = type.slice(0, -CERTIFICATE_SUFFIX.length)
  const keyType = base.startsWith('sk-') ? `${base}@openssh.com` : base
  const fields = KEY_FIELDS[keyType]
  if (fields === undefined) return null
  return readWire(blob, (reader) => {
    reader.string()
    reader.string() // The nonce.
    const key = Array.from({ length: fields }, () => packString(reader.string()))
    const serial = reader.uint64()
    const purpose = PURPOSES[reader.uint32()]
    const keyId = reader.text()
    const principals = readWire(reader.string(), readPrincipals)
    const validAfter = reader.uint64()
    const validBefore = reader.uint64()
    const criticalOptions = readWire(reader.string(), readOptionNames)
    reader.string() // Extensions: what the host then allows.
    reader.string() // Reserved.
    const authority = reader.string()
    const signedData = blob.subarray(0, reader.position)
    const signature = reader.string()
    if (!reader.isAtEnd || purpose === undefined || principals === null || criticalOptions === null) return null
    return {
      blob,
      type,
      keyType,
      publicKey: Buffer.concat([packString(keyType), ...key]),
      purpose,
      keyId,
      serial,
      principals,
      validAfter: Number(validAfter) * 1000,
      validBefore: validBefore === FOREVER ? null : Number(validBefore) * 1000,
      criticalOptions,
      authority,
      signature,
      signedData,
    }
  })
}

function readPrincipals(reader: WireReader): string[] {
  const names: string[] = []
  while (!reader.isAtEnd) {
    if (names.length >= PRINCIPALS_LIMIT) throw new RangeError('too many principals')
    names.push(reader.text())
  }
  return names
}

function readOptionNames(reader: WireReader): string[] {
  const names: string[] = []
  while (!reader.isAtEnd) {
    if (names.length >= OPTIONS_LIMIT) throw new RangeError('too many options')
    names.push(reader.text())
    reader.string()
  }
  return names
}

/** Why a host will hardly take a user's certificate, in words for a list of what was tried; null: nothing speaks against it. */
export function decideDoubt(certificate: Certificate, user: string, nowMs: number): string | null {
  const { validAfter, validBefore, principals } = certificate
  if (validBefore !== null && nowMs >= validBefore) return `expired ${toDate(validBefore)}`
  if (nowMs < validAfter) return `valid from ${toDate(validAfter)}`
  // A host may map other names to its users (AuthorizedPrincipalsFile), so that this is no more than a doubt.
  if (!principals.includes(user)) return `for ${boundText(principals.join(', '), 100) || 'nobody'}`
  return null
}

function toDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? 'at no known time' : date.toISOString().slice(0, 16).replace('T', ' ')
}
