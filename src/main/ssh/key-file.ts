import { readFile, stat } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { keyTypeOf } from './fingerprint.ts'

const KEY_LIMIT_BYTES = 64 * 1024
const OPENSSH_MAGIC = 'openssh-key-v1\0'

/** What can be told about a private key without its passphrase. `keyType` is '' where the format hides it. */
export interface KeyOutline {
  readonly encrypted: boolean
  readonly keyType: string
}

/** Reads the clear part of a private key file: OpenSSH's format, PEM (RFC 1421) and PuTTY's. Null: not a private key. */
export function parseKeyOutline(text: string): KeyOutline | null {
  const [, openssh] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? []
  if (openssh !== undefined) return parseOpenSshOutline(Buffer.from(openssh, 'base64'))
  const [, putty] = /^PuTTY-User-Key-File-\d+: (\S+)/m.exec(text) ?? []
  if (putty !== undefined) return { encrypted: !/^Encryption: none\s*$/m.test(text), keyType: putty }
  const [, label] = /-----BEGIN ((?:[A-Z]+ )?(?:ENCRYPTED )?PRIVATE KEY)-----/.exec(text) ?? []
  if (label === undefined) return null
  return { encrypted: label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text), keyType: '' }
}

/** PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, first public key blob. */
function parseOpenSshOutline(data: Buffer): KeyOutline | null {
  if (data.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return null
  let at = OPENSSH_MAGIC.length
  const field = (): Buffer | null => {
    if (data.length < at + 4) return null
    const length = data.readUInt32BE(at)
    if (data.length < at + 4 + length) return null
    const value = data.subarray(at + 4, at + 4 + length)
    at += 4 + length
    return value
  }
  const cipher = field()
  if (cipher === null || field() === null || field() === null) return null
  at += 4
  const publicKey = field()
  if (publicKey === null) return null
  return { encrypted: cipher.toString('latin1') !== 'none', keyType: keyTypeOf(publicKey) ?? '' }
}

/**
 * Loads a private key. `passphrase` is asked for only when the key is encrypted. Errors: ssh.key-unreadable,
 * ssh.key-unsupported (FIDO keys among them), ssh.key-needs-passphrase, ssh.key-passphrase-wrong.
 */
export async function fetchPrivateKey(path: string, passphrase: () => Promise<string | undefined>): Promise<ParsedKey> {
  const text = await readKeyText(path)
  const outline = parseKeyOutline(text)
  if (outline === null) throw new AppError('ssh.key-unreadable', { path, reason: 'not a private key' })
  if (outline.keyType.startsWith('sk-')) throw new AppError('ssh.key-unsupported', { path, keyType: outline.keyType })
  const secret = outline.encrypted ? await passphrase() : undefined
  if (outline.encrypted && (secret === undefined || secret === '')) {
    throw new AppError('ssh.key-needs-passphrase', { path })
  }
  const key = parseOneKey(text, secret)
  if (key === null) {
    if (outline.encrypted) throw new AppError('ssh.key-passphrase-wrong', { path })
    throw new AppError('ssh.key-unsupported', { path, keyType: outline.keyType || 'unknown' })
  }
  if (!key.isPrivateKey()) throw new AppError('ssh.key-unreadable', { path, reason: 'not a private key' })
  return key
}

/** The public key that stands beside a private one (`.pub`), or in the clear part of it: to find it in an agent. */
export async function fetchPublicBlob(path: string): Promise<Buffer | null> {
  for (const candidate of path.endsWith('.pub') ? [path] : [`${path}.pub`, path]) {
    const text = await readKeyText(candidate).catch(() => null)
    if (text === null) continue
    const [, encoded] = /^\S+ ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text.trim()) ?? []
    if (encoded !== undefined) {
      const blob = Buffer.from(encoded, 'base64')
      if (keyTypeOf(blob) !== null) return blob
    }
    const key = parseKeyOutline(text)?.encrypted === false ? parseOneKey(text) : null
    if (key !== null) return key.getPublicSSH()
  }
  return null
}

/** ssh2 gives an Error for a key it cannot read, and a list where the format allows several. */
function parseOneKey(text: string, passphrase?: string): ParsedKey | null {
  const parsed: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  if (parsed instanceof Error) return null
  return 'type' in parsed ? parsed : (parsed[0] ?? null)
}

async function readKeyText(path: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > KEY_LIMIT_BYTES) throw new Error('too large to be a key')
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('ssh.key-unreadable', { path, reason: reasonOf(error) }, { cause: error })
  }
}

/** True when the key file is simply not there, as the default ones may be. */
export function isMissingKey(error: unknown): boolean {
  return error instanceof AppError && error.code === 'ssh.key-unreadable' && errorCodeOf(error.cause) === 'ENOENT'
}
