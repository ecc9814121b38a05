import { keyTypeOf } from './fingerprint.ts'
import { parsePuttyFile } from './putty-file.ts'
import { readWire } from './wire-format.ts'

const OPENSSH_MAGIC = 'openssh-key-v1\0'
/** What ssh2 decrypts; a file with another cipher must not look as if its passphrase were wrong. */
const OPENSSH_CIPHERS: ReadonlySet<string> = new Set([
  'none',
  '3des-cbc',
  ...['128', '192', '256'].flatMap((bits) => [`aes${bits}-cbc`, `aes${bits}-ctr`]),
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
])
/** DSA is not among them: OpenSSH has given it up. */
const KEY_TYPES: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
])

/** What can be told about a private key without its passphrase. */
export interface KeyOutline {
  readonly format: 'openssh' | 'pem' | 'putty'
  readonly encrypted: boolean
  /** '' where the format hides it. */
  readonly keyType: string
  /** The public key, where it stands in the clear. */
  readonly publicKey: Buffer | null
  /** What about it cannot be used, whatever the passphrase: a kind of key or a way of encryption; null: nothing. */
  readonly unsupported: { readonly hint: 'type' | 'encryption'; readonly detail: string } | null
}

/** Reads the clear part of a private key file: OpenSSH's format, PEM (RFC 1421, RFC 7468) and PuTTY's. Null: not a private key. */
export function parseKeyOutline(text: string): KeyOutline | null {
  const [, openssh] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? []
  if (openssh !== undefined) return parseOpenSshOutline(Buffer.from(openssh, 'base64'))
  const putty = parsePuttyFile(text)
  if (putty !== null) {
    const { keyType, publicKey, encryption } = putty
    return { format: 'putty', encrypted: encryption !== 'none', keyType, publicKey, unsupported: judgeType(keyType) }
  }
  const [, label] = /-----BEGIN ((?:[A-Z]+ )?(?:ENCRYPTED )?PRIVATE KEY)-----/.exec(text) ?? []
  if (label === undefined) return null
  const encrypted = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text)
  return { format: 'pem', encrypted, keyType: '', publicKey: null, unsupported: null }
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, first public key blob. */
function parseOpenSshOutline(data: Buffer): KeyOutline | null {
  return readWire(data, (reader) => {
    if (reader.raw(OPENSSH_MAGIC.length).toString('latin1') !== OPENSSH_MAGIC) return null
    const cipher = reader.text()
    const derivation = reader.text()
    reader.string()
    reader.uint32()
    const publicKey = reader.string()
    const keyType = keyTypeOf(publicKey) ?? ''
    const known = OPENSSH_CIPHERS.has(cipher) && (derivation === 'bcrypt' || derivation === 'none')
    const unsupported = judgeType(keyType) ?? (known ? null : ({ hint: 'encryption', detail: cipher } as const))
    return { format: 'openssh', encrypted: cipher !== 'none', keyType, publicKey, unsupported }
  })
}

function judgeType(keyType: string): KeyOutline['unsupported'] {
  return KEY_TYPES.has(keyType) ? null : { hint: 'type', detail: keyType }
}
