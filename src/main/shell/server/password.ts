import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors/index.ts'
import { readSmallFile, writePrivateFile } from './private-file.ts'

const storedSchema = z.object({
  algorithm: z.literal('scrypt'),
  cost: z.number().int(),
  blockSize: z.number().int(),
  parallelization: z.number().int(),
  salt: z.string(),
  hash: z.string(),
})
export type PasswordHash = z.infer<typeof storedSchema>

const MINIMUM_LENGTH = 8
const FILE_LIMIT_BYTES = 4_096
const COST = 2 ** 15
const BLOCK_SIZE = 8
const HASH_BYTES = 32
const MEMORY_LIMIT_BYTES = 128 * 1024 * 1024

function deriveKey(
  password: string,
  salt: Buffer,
  parameters: Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelization'>,
) {
  const options = {
    N: parameters.cost,
    r: parameters.blockSize,
    p: parameters.parallelization,
    maxmem: MEMORY_LIMIT_BYTES,
  }
  return new Promise<Buffer>((resolve, reject) => {
    // NFKC: the same password typed on another keyboard layout or system gives the same bytes.
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** scrypt with 32 MiB a try: about 0.1 s, which a person does not notice and a guesser does. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const parameters = { cost: COST, blockSize: BLOCK_SIZE, parallelization: 1 }
  const salt = randomBytes(16)
  const key = await deriveKey(password, salt, parameters)
  return { algorithm: 'scrypt', ...parameters, salt: salt.toString('base64'), hash: key.toString('base64') }
}

/** True when `password` is the one that was hashed. */
export async function isPasswordRight(password: string, stored: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(stored.hash, 'base64')
  const key = await deriveKey(password, Buffer.from(stored.salt, 'base64'), stored)
  return expected.length === key.length && timingSafeEqual(expected, key)
}

function passwordPath(dataDir: string): string {
  return join(dataDir, 'server-password.json')
}

async function readUsable(path: string): Promise<string | null> {
  try {
    return await readSmallFile(path, FILE_LIMIT_BYTES)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'not readable'
    throw new AppError('server.file-unusable', { path, reason }, { cause: error })
  }
}

/** The stored hash of the server's password, or null when none was ever set. Throws `server.file-unusable`. */
export async function readPasswordHash(dataDir: string): Promise<PasswordHash | null> {
  const path = passwordPath(dataDir)
  const text = await readUsable(path)
  try {
    return text === null ? null : storedSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('server.file-unusable', { path, reason: 'damaged' }, { cause: error })
  }
}

/**
 * Takes the password from the first line of `passwordFile` and stores its hash; the file is not needed afterwards.
 * `changed` is false when it was this password already. Throws `server.file-unusable`.
 */
export async function storePasswordFrom(
  dataDir: string,
  passwordFile: string,
): Promise<{ readonly hash: PasswordHash; readonly changed: boolean }> {
  const text = await readUsable(passwordFile)
  const password = text?.split(/\r?\n/, 1)[0] ?? ''
  if (password.length < MINIMUM_LENGTH) {
    const reason = text === null ? 'no such file' : `expected at least ${MINIMUM_LENGTH} characters on the first line`
    throw new AppError('server.file-unusable', { path: passwordFile, reason })
  }
  const before = await readPasswordHash(dataDir)
  if (before !== null && (await isPasswordRight(password, before))) return { hash: before, changed: false }
  const hash = await hashPassword(password)
  await writePrivateFile(passwordPath(dataDir), `${JSON.stringify(hash)}\n`)
  return { hash, changed: true }
}
