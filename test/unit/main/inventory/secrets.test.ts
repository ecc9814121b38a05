import { randomBytes } from 'node:crypto'
import { readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyFileCipher } from '../../../../src/main/inventory/index.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

describe('the secret store', () => {
  it('gives back what was stored, also after a restart, and forgets what was deleted', async () => {
    const dataDir = await createTemporaryFolder()
    const first = await openForTest(dataDir)
    await first.secrets.set('host/1/password', 'hunter2')
    await first.secrets.set('host/1/password', '비밀번호 ✓')
    await first.close()
    const { secrets } = await openForTest(dataDir)
    expect(await secrets.get('host/1/password')).toBe('비밀번호 ✓')
    expect(await secrets.get('host/1/passphrase')).toBeUndefined()
    await secrets.delete('host/1/password')
    expect(await secrets.get('host/1/password')).toBeUndefined()
  })

  it('deletes all of one host and none of another', async () => {
    const { secrets } = await openForTest(await createTemporaryFolder())
    for (const key of ['host/1/password', 'host/1/한', 'host/10/password', 'host/_/password'])
      await secrets.set(key, 'x')
    await secrets.deleteAll('host/1/')
    expect(await secrets.get('host/1/password')).toBeUndefined()
    expect(await secrets.get('host/1/한')).toBeUndefined()
    expect(await secrets.get('host/10/password')).toBe('x')
    expect(await secrets.get('host/_/password')).toBe('x')
  })

  it('leaves nothing readable on the disk', async () => {
    const dataDir = await createTemporaryFolder()
    const inventory = await openForTest(dataDir)
    await inventory.secrets.set('host/1/password', 'correct horse battery staple')
    await inventory.close()
    const bytes = await readFile(join(dataDir, 'inventory.db'))
    expect(bytes.includes('host/1/password')).toBe(true)
    expect(bytes.includes('correct horse')).toBe(false)
  })

  it('says so when the key file is lost, and does not make another', async () => {
    const dataDir = await createTemporaryFolder()
    const first = await openForTest(dataDir)
    await first.secrets.set('a', 'x')
    await first.close()
    const key = join(dataDir, 'secrets.key')
    await unlink(key)
    const { secrets } = await openForTest(dataDir)
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets.unreadable', params: { path: key } })
    await expect(stat(key)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the key file cipher', () => {
  async function createCipher() {
    const path = join(await createTemporaryFolder(), 'secrets.key')
    return { path, cipher: createKeyFileCipher(path) }
  }

  it.skipIf(process.platform === 'win32')('makes a key file that only this user can read', async () => {
    const { path, cipher } = await createCipher()
    await cipher.encrypt('a', 'x')
    const { mode, size } = await stat(path)
    expect([mode & 0o777, size]).toEqual([0o600, 32])
  })

  it('brings any text back, and never encrypts it twice to the same bytes', async () => {
    const { cipher } = await createCipher()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (secret, name) => {
        const [one, two] = await Promise.all([cipher.encrypt(name, secret), cipher.encrypt(name, secret)])
        expect(Buffer.compare(one, two)).not.toBe(0)
        expect(await cipher.decrypt(name, one)).toBe(secret)
      }),
    )
  })

  it('does not give one secret out under another’s name', async () => {
    const { cipher, path } = await createCipher()
    const stored = await cipher.encrypt('host/1/password', 'x')
    await expect(cipher.decrypt('host/2/password', stored)).rejects.toMatchObject({
      code: 'secrets.unreadable',
      params: { path },
    })
  })

  it('refuses a ciphertext with any byte changed, cut off or of another key', async () => {
    const { cipher } = await createCipher()
    const stored = Buffer.from(await cipher.encrypt('a', 'secret'))
    for (let index = 0; index < stored.length; index++) {
      const changed = Buffer.from(stored)
      changed[index] = (changed[index] ?? 0) ^ 0x40
      await expect(cipher.decrypt('a', changed)).rejects.toMatchObject({ code: 'secrets.unreadable' })
      await expect(cipher.decrypt('a', stored.subarray(0, index))).rejects.toMatchObject({ code: 'secrets.unreadable' })
    }
    const other = await createCipher()
    await other.cipher.encrypt('a', 'x')
    await expect(other.cipher.decrypt('a', stored)).rejects.toMatchObject({ code: 'secrets.unreadable' })
  })

  it('refuses a key file of the wrong length rather than to replace it', async () => {
    const { cipher, path } = await createCipher()
    await writeFile(path, randomBytes(31))
    await expect(cipher.encrypt('a', 'x')).rejects.toMatchObject({ code: 'secrets.unreadable' })
    expect((await readFile(path)).length).toBe(31)
  })
})
