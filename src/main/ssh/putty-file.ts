import crypto, { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/errors/index.ts'
import { packOpenSshKey } from './openssh-key.ts'
import { packString, readWire, type WireReader } from './wire-format.ts'

/** As much as PuTTY's own default, a hundred times over: a file must not make the engine take all memory. */
const ARGON2_LIMITS = { memoryKiB: 1024 * 1024, passes: 1_000, parallelism: 64 }

/** A private key file of PuTTY (its manual, appendix C), not yet decrypted. */
export interface PuttyFile {
  readonly version: 2 | 3
  readonly keyType: string
  readonly encryption: string
  readonly comment: string
  readonly publicKey: Buffer
  readonly privatePart: Buffer
  /** Over the key in the clear. */
  readonly mac: Buffer
  /** Version 3, where it is encrypted. */
  readonly argon2: {
    readonly flavour: string
    readonly memoryKiB: number
    readonly passes: number
    readonly parallelism: number
    readonly salt: Buffer
  } | null
}

/** Reads the layout of a PuTTY key file of version 2 or 3; null: it is none. */
export function parsePuttyFile(text: string): PuttyFile | null {
  const lines = text.split(/\r\n|\n|\r/)
  const values = new Map<string, string>()
  const bodies = new Map<string, Buffer>()
  for (let at = 0; at < lines.length; at++) {
    const [, name = '', value = ''] = /^([A-Za-z0-9-]+): (.*)$/.exec(lines[at] ?? '') ?? []
    values.set(name, value)
    if (name !== 'Public-Lines' && name !== 'Private-Lines') continue
    const count = Math.min(Number(value) || 0, lines.length)
    bodies.set(name, Buffer.from(lines.slice(at + 1, at + 1 + count).join(''), 'base64'))
    at += count
  }
  const version = values.has('PuTTY-User-Key-File-3') ? 3 : values.has('PuTTY-User-Key-File-2') ? 2 : null
  const publicKey = bodies.get('Public-Lines')
  const privatePart = bodies.get('Private-Lines')
  if (version === null || publicKey === undefined || privatePart === undefined) return null
  const flavour = values.get('Key-Derivation')
  return {
    version,
    keyType: values.get(`PuTTY-User-Key-File-${version}`) ?? '',
    encryption: values.get('Encryption') ?? '',
    comment: values.get('Comment') ?? '',
    publicKey,
    privatePart,
    mac: Buffer.from(values.get('Private-MAC') ?? '', 'hex'),
    argon2:
      flavour === undefined
        ? null
        : {
            flavour: flavour.toLowerCase(),
            memoryKiB: Number(values.get('Argon2-Memory')),
            passes: Number(values.get('Argon2-Passes')),
            parallelism: Number(values.get('Argon2-Parallelism')),
            salt: Buffer.from(values.get('Argon2-Salt') ?? '', 'hex'),
          },
  }
}

/**
 * Decrypts a PuTTY key and gives it in OpenSSH's format, unencrypted. `passphrase` is used where it is encrypted.
 * Errors: ssh.key-passphrase-wrong, ssh.key-unsupported (a derivation that this runtime lacks), ssh.key-unreadable (damaged).
 */
export async function convertPuttyKey(path: string, file: PuttyFile, passphrase: string): Promise<string> {
  const encrypted = file.encryption !== 'none'
  if (encrypted && file.encryption !== 'aes256-cbc') throw unsupported(path, file.encryption)
  const damaged = () =>
    encrypted
      ? new AppError('ssh.key-passphrase-wrong', { path })
      : new AppError('ssh.key-unreadable', { path, reason: 'its checksum does not fit' })
  const keys = await deriveKeys(path, file, encrypted ? passphrase : null)
  let clear = file.privatePart
  if (keys.cipher !== null) {
    if (clear.length % 16 !== 0) throw damaged()
    const decipher = createDecipheriv('aes-256-cbc', keys.cipher.key, keys.cipher.iv).setAutoPadding(false)
    clear = Buffer.concat([decipher.update(clear), decipher.final()])
  }
  const covered = [file.keyType, file.encryption, file.comment, file.publicKey, clear].map((part) => packString(part))
  const mac = createHmac(file.version === 3 ? 'sha256' : 'sha1', keys.mac)
    .update(Buffer.concat(covered))
    .digest()
  if (mac.length !== file.mac.length || !timingSafeEqual(mac, file.mac)) throw damaged()
  const fields = readWire(file.publicKey, (open) =>
    readWire(clear, (secret) => orderFields(file.keyType, open, secret)),
  )
  if (fields === null) throw new AppError('ssh.key-unreadable', { path, reason: 'it ends too early' })
  return packOpenSshKey(file.publicKey, file.keyType, fields)
}

/** The fields of a private key in OpenSSH's order, from PuTTY's public and private halves. */
function orderFields(keyType: string, open: WireReader, secret: WireReader): Buffer[] | null {
  open.string() // Its type.
  if (keyType === 'ssh-rsa') {
    const [e, n] = [open.string(), open.string()]
    const [d, p, q, inverse] = [secret.string(), secret.string(), secret.string(), secret.string()]
    return [n, e, d, inverse, p, q]
  }
  if (keyType === 'ssh-ed25519') {
    const key = open.string()
    return [key, Buffer.concat([secret.string(), key])]
  }
  if (keyType.startsWith('ecdsa-')) return [open.string(), open.string(), secret.string()]
  return null
}

interface DerivedKeys {
  readonly cipher: { readonly key: Buffer; readonly iv: Buffer } | null
  readonly mac: Buffer
}

async function deriveKeys(path: string, file: PuttyFile, passphrase: string | null): Promise<DerivedKeys> {
  const sha1 = (...parts: (string | Buffer)[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha1'))
  if (file.version === 2) {
    const mac = sha1('putty-private-key-file-mac-key', passphrase ?? '').digest()
    if (passphrase === null) return { cipher: null, mac }
    const halves = [0, 1].map((index) => sha1(Buffer.from([0, 0, 0, index]), passphrase).digest())
    return { cipher: { key: Buffer.concat(halves).subarray(0, 32), iv: Buffer.alloc(16) }, mac }
  }
  if (passphrase === null) return { cipher: null, mac: Buffer.alloc(0) }
  const derived = await deriveByArgon2(path, file, passphrase)
  return { cipher: { key: derived.subarray(0, 32), iv: derived.subarray(32, 48) }, mac: derived.subarray(48, 80) }
}

function deriveByArgon2(path: string, { argon2 }: PuttyFile, passphrase: string): Promise<Buffer> {
  const { flavour = '', memoryKiB = 0, passes = 0, parallelism = 0, salt = Buffer.alloc(0) } = argon2 ?? {}
  const isKnown = flavour === 'argon2id' || flavour === 'argon2i' || flavour === 'argon2d'
  const isBounded =
    memoryKiB > 0 &&
    memoryKiB <= ARGON2_LIMITS.memoryKiB &&
    passes > 0 &&
    passes <= ARGON2_LIMITS.passes &&
    parallelism > 0 &&
    parallelism <= ARGON2_LIMITS.parallelism
  // Electron's crypto library has no Argon2: the function is missing there, or throws.
  const { argon2: derive } = crypto as Partial<Pick<typeof crypto, 'argon2'>>
  if (!isKnown || !isBounded || derive === undefined) return Promise.reject(unsupported(path, flavour))
  const parameters = { message: passphrase, nonce: salt, parallelism, tagLength: 80, memory: memoryKiB, passes }
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(unsupported(path, flavour, error))
    try {
      derive(flavour, parameters, (error, derived) => {
        if (error) fail(error)
        else resolve(derived)
      })
    } catch (error) {
      fail(error)
    }
  })
}

function unsupported(path: string, detail: string, cause?: unknown): AppError {
  return new AppError('ssh.key-unsupported', { path, keyType: `PuTTY, ${detail}`, hint: 'putty' }, { cause })
}
