import { readFile, stat } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { keyTypeOf } from './fingerprint.ts'
import { type KeyOutline, parseKeyOutline } from './key-outline.ts'
import { convertPemKey } from './pem-key.ts'
import { convertPuttyKey, parsePuttyFile } from './putty-file.ts'

const KEY_LIMIT_BYTES = 64 * 1024

/**
 * Loads a private key. `passphrase` is asked for only when the key is encrypted. Errors: ssh.key-unreadable,
 * ssh.key-unsupported (FIDO keys among them), ssh.key-needs-passphrase, ssh.key-passphrase-wrong.
 */
export async function fetchPrivateKey(path: string, passphrase: () => Promise<string | undefined>): Promise<ParsedKey> {
  const text = await readKeyText(path)
  const outline = parseKeyOutline(text)
  if (outline === null) throw new AppError('ssh.key-unreadable', { path, reason: 'not a private key' })
  if (outline.unsupported !== null) {
    const { hint, detail } = outline.unsupported
    throw new AppError('ssh.key-unsupported', { path, keyType: detail, hint })
  }
  const secret = outline.encrypted ? await passphrase() : undefined
  if (outline.encrypted && (secret === undefined || secret === '')) {
    throw new AppError('ssh.key-needs-passphrase', { path })
  }
  const key = await parsePrivateKey(path, text, outline, secret ?? '')
  if (!key?.isPrivateKey()) {
    if (outline.encrypted) throw new AppError('ssh.key-passphrase-wrong', { path })
    throw new AppError('ssh.key-unreadable', { path, reason: 'damaged' })
  }
  return key
}

/** Null where OpenSSH's format does not open: of what is supported there, only a wrong passphrase or damage is left. */
async function parsePrivateKey(path: string, text: string, outline: KeyOutline, secret: string) {
  if (outline.format === 'pem') return parseOneKey(convertPemKey(path, text, outline.encrypted, secret))
  const putty = outline.format === 'putty' ? parsePuttyFile(text) : null
  if (putty !== null) return parseOneKey(await convertPuttyKey(path, putty, secret))
  return parseOneKey(text, outline.encrypted ? secret : undefined)
}

/** The public key that stands beside a private one (`.pub`), or in the clear part of it: to find it in an agent. */
export async function fetchPublicBlob(path: string): Promise<Buffer | null> {
  for (const candidate of path.endsWith('.pub') ? [path] : [`${path}.pub`, path]) {
    const text = await readKeyText(candidate).catch(() => null)
    if (text === null) continue
    const blob = parsePublicLine(text)
    if (blob !== null) return blob
    const outline = parseKeyOutline(text)
    if (outline?.publicKey) return outline.publicKey
    if (outline?.format === 'pem' && !outline.encrypted) {
      const key = await fetchPrivateKey(candidate, async () => undefined).catch(() => null)
      if (key !== null) return key.getPublicSSH()
    }
  }
  return null
}

/** Reads certificates from files, `id_ed25519-cert.pub` for example; what is missing or no user's certificate is left out. */
export async function fetchCertificates(paths: readonly string[]): Promise<readonly Certificate[]> {
  const texts = await Promise.all(paths.map((path) => readKeyText(path).catch(() => '')))
  return texts.flatMap((text) => {
    const blob = parsePublicLine(text)
    const certificate = blob === null ? null : parseCertificate(blob)
    return certificate?.purpose === 'user' ? [certificate] : []
  })
}

/** The blob in a line of a `.pub` file: type, base64, comment. */
function parsePublicLine(text: string): Buffer | null {
  const [, encoded] = /^\S+ ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text.trim()) ?? []
  const blob = encoded === undefined ? null : Buffer.from(encoded, 'base64')
  return blob !== null && keyTypeOf(blob) !== null ? blob : null
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
