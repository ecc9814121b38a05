import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessagePortMain } from 'electron'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../../src/main/engine/index.ts'
import { createKeyFileCipher, openInventory } from '../../../../../src/main/inventory/index.ts'
import { createKeyStoreCipher } from '../../../../../src/main/shell/electron/key-store-cipher.ts'
import {
  createKeyStore,
  type KeyStoreUse,
  serveKeyStore,
} from '../../../../../src/main/shell/electron/key-store-port.ts'
import { isAppError, toWireError } from '../../../../../src/shared/errors/index.ts'
import { MessageChannelMain } from '../../../../electron/stand-in/ports.ts'

const SECRET = 'correct-horse-battery'

/** A system's key store: AES with a key that only this object has. */
function createStorage(): KeyStoreUse {
  const key = randomBytes(32)
  return {
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

/** The engine's key store, the other end of whose port is served by `storage`, or by nobody. */
function connect(storage: KeyStoreUse | null, limitMs?: number) {
  const { port1, port2 } = new MessageChannelMain()
  if (storage !== null) serveKeyStore(port1 as unknown as MessagePortMain, storage)
  return { main: port1, keyStore: createKeyStore(port2 as unknown as MessagePortMain, limitMs) }
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    return error
  }
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await errorOf(work)
  return isAppError(error) ? error.code : String(error)
}

describe('secrets with the system’s key store', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-secrets-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const keyFile = () => createKeyFileCipher(join(folder, 'secrets.key'))
  const createCipher = (storage = createStorage()) => createKeyStoreCipher(connect(storage).keyStore, keyFile())

  it('come back, and lie encrypted in the inventory', async () => {
    const inventory = await openInventory({ dataDir: folder, clock: systemClock, cipher: createCipher() })
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
    const cipher = createCipher()
    const sealed = await cipher.encrypt('host/1/password', SECRET)
    expect(await codeOf(cipher.decrypt('host/2/password', sealed))).toBe('secrets.unreadable')
  })

  it('cannot be read by another key store', async () => {
    const sealed = await createCipher().encrypt('a', SECRET)
    expect(await codeOf(createCipher().decrypt('a', sealed))).toBe('secrets.unreadable')
  })

  it('that were stored with the key file earlier stay readable', async () => {
    const sealed = await keyFile().encrypt('a', SECRET)
    expect(await createCipher().decrypt('a', sealed)).toBe(SECRET)
  })

  it('are refused with an error that has no secret in it when the key store fails', async () => {
    const broken = {
      ...createStorage(),
      encryptString: (): Buffer => {
        throw new Error('locked')
      },
    }
    expect(await codeOf(createCipher(broken).encrypt('a', SECRET))).toBe('secrets.unavailable')
    const foreign = { ...createStorage(), decryptString: () => `${SECRET} is no JSON` }
    const error = toWireError(await errorOf(createCipher(foreign).decrypt('a', Buffer.of(2, 1))))
    expect(error.code).toBe('secrets.unreadable')
    expect(JSON.stringify(error)).not.toContain('horse')
  })

  it('are not waited for beyond the time limit, nor when the window’s process is gone', async () => {
    const silent = connect(null, 1)
    expect(String(await errorOf(silent.keyStore.seal('a')))).toContain('no answer in 1 ms')
    const waiting = errorOf(silent.keyStore.open(Buffer.of(1)))
    silent.main.close()
    expect(await waiting).toBeInstanceOf(Error)
    expect(String(await errorOf(silent.keyStore.seal('a')))).toContain('gone')
  })
})
