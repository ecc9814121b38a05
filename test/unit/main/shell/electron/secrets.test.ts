import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../../src/main/engine/index.ts'
import { createKeyFileCipher, openInventory } from '../../../../../src/main/inventory/index.ts'
import { createSafeStorageCipher } from '../../../../../src/main/shell/electron/secrets.ts'
import { isAppError } from '../../../../../src/shared/errors/index.ts'

const SECRET = 'correct-horse-battery'

/** A system's key store: AES with a key that only this object has. */
function createKeyStore() {
  const key = randomBytes(32)
  return {
    isEncryptionAvailable: () => true,
    encryptString: (text: string) => {
      const nonce = randomBytes(16)
      const cipher = createCipheriv('aes-256-cbc', key, nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()])
    },
    decryptString: (bytes: Buffer) => {
      const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16))
      return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
    },
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (error) {
    return isAppError(error) ? error.code : String(error)
  }
}

describe('secrets with the system’s key store', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-secrets-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const keyFile = () => createKeyFileCipher(join(folder, 'secrets.key'))

  it('come back, and lie encrypted in the inventory', async () => {
    const cipher = createSafeStorageCipher(createKeyStore(), keyFile())
    const inventory = await openInventory({ dataDir: folder, clock: systemClock, cipher })
    await inventory.secrets.set('host/1/password', SECRET)
    expect(await inventory.secrets.get('host/1/password')).toBe(SECRET)
    await inventory.close()
    for (const name of await readdir(folder, { recursive: true })) {
      const content = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
      expect(content.includes(SECRET), `${name} holds it in the clear`).toBe(false)
    }
    expect(await readdir(folder)).not.toContain('secrets.key')
  })

  it('cannot be read under another name', async () => {
    const cipher = createSafeStorageCipher(createKeyStore(), keyFile())
    const sealed = await cipher.encrypt('host/1/password', SECRET)
    expect(await codeOf(cipher.decrypt('host/2/password', sealed))).toBe('secrets.unreadable')
  })

  it('cannot be read by another key store', async () => {
    const sealed = await createSafeStorageCipher(createKeyStore(), keyFile()).encrypt('a', SECRET)
    const other = createSafeStorageCipher(createKeyStore(), keyFile())
    expect(await codeOf(other.decrypt('a', sealed))).toBe('secrets.unreadable')
  })

  it('that were stored with the key file earlier stay readable', async () => {
    const sealed = await keyFile().encrypt('a', SECRET)
    const cipher = createSafeStorageCipher(createKeyStore(), keyFile())
    expect(await cipher.decrypt('a', sealed)).toBe(SECRET)
  })

  it('are refused with an error that has no secret in it when the key store fails', async () => {
    const broken = {
      ...createKeyStore(),
      encryptString: (): Buffer => {
        throw new Error('locked')
      },
    }
    expect(await codeOf(createSafeStorageCipher(broken, keyFile()).encrypt('a', SECRET))).toBe('secrets.unavailable')
  })
})
