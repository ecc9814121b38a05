import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, open, readFile, rename, rm } from 'node:fs/promises'
import { AppError } from '../../shared/errors/index.ts'
import type { SecretCipher } from './secret-store.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
/** NIST SP 800-38D: 96 bits, random for each encryption. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** First byte of what is stored, so that the scheme can change. */
const VERSION = 1

/**
 * AES-256-GCM with a key in a file of its own (0600, made at the first use). A secret is bound to its name, so that nobody
 * who can write the database can put one in another's place. Stored: version, nonce, tag, ciphertext.
 */
export function createKeyFileCipher(path: string): SecretCipher {
  let loading: Promise<Buffer> | null = null

  function loadKey(mayCreate: boolean): Promise<Buffer> {
    loading ??= readKey(path, mayCreate).catch((error: unknown) => {
      loading = null
      throw error
    })
    return loading
  }

  return {
    encrypt: async (key, secret) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(ALGORITHM, await loadKey(true), nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(key, 'utf8'))
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body])
    },
    decrypt: async (key, ciphertext) => {
      const bytes = Buffer.from(ciphertext)
      const bodyStart = 1 + NONCE_BYTES + TAG_BYTES
      const secretKey = await loadKey(false)
      try {
        if (bytes[0] !== VERSION || bytes.length < bodyStart) throw new Error('not a secret of this version')
        const nonce = bytes.subarray(1, 1 + NONCE_BYTES)
        const decipher = createDecipheriv(ALGORITHM, secretKey, nonce, { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(key, 'utf8'))
        decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, bodyStart))
        return Buffer.concat([decipher.update(bytes.subarray(bodyStart)), decipher.final()]).toString('utf8')
      } catch (error) {
        throw new AppError('secrets.unreadable', { path }, { cause: error })
      }
    },
  }
}

async function readKey(path: string, mayCreate: boolean): Promise<Buffer> {
  try {
    const key = await readFile(path)
    if (key.length !== KEY_BYTES) throw new Error(`expected ${KEY_BYTES} bytes`)
    await chmod(path, 0o600)
    return key
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing || !mayCreate) throw new AppError('secrets.unreadable', { path }, { cause: error })
  }
  return createKey(path)
}

/** Whole or not at all: a crash leaves no half key behind. The instance lock keeps others away. */
async function createKey(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  const unfinished = `${path}.part`
  try {
    await rm(unfinished, { force: true })
    const file = await open(unfinished, 'wx', 0o600)
    try {
      await file.writeFile(key)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
    return key
  } catch (error) {
    throw new AppError('secrets.unavailable', { reason: `the key file could not be made: ${path}` }, { cause: error })
  }
}
