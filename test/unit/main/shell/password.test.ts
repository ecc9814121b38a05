import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  hashPassword,
  isPasswordRight,
  readPasswordHash,
  storePasswordFrom,
} from '../../../../src/main/shell/server/password.ts'
import { PRIVATE_MODE } from './private-mode.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-password-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

async function givePassword(password: string) {
  const path = join(dataDir, 'given')
  await writeFile(path, password)
  return storePasswordFrom(dataDir, path)
}

describe('the password of the server', () => {
  it('is recognized, also when it was typed with composed characters elsewhere', async () => {
    const hash = await hashPassword('비밀번호 schön')
    expect(await isPasswordRight('비밀번호 schön'.normalize('NFD'), hash)).toBe(true)
    expect(await isPasswordRight('비밀번호 schon', hash)).toBe(false)
    expect(await isPasswordRight('', hash)).toBe(false)
  })

  it('is stored as a salted hash for its user alone', async () => {
    await givePassword('correct horse\n')
    const path = join(dataDir, 'server-password.json')
    expect(await readFile(path, 'utf8')).not.toContain('horse')
    expect((await stat(path)).mode & 0o777).toBe(PRIVATE_MODE)
    const stored = await readPasswordHash(dataDir)
    expect(stored !== null && (await isPasswordRight('correct horse', stored))).toBe(true)
    expect((await hashPassword('correct horse')).hash).not.toBe(stored?.hash)
  })

  it('says whether it changed', async () => {
    expect((await givePassword('correct horse')).changed).toBe(true)
    expect((await givePassword('correct horse')).changed).toBe(false)
    expect((await givePassword('battery staple')).changed).toBe(true)
  })

  it('is refused when it is too short or its file is not there', async () => {
    await expect(givePassword('short')).rejects.toMatchObject({ code: 'server.file-unusable' })
    await expect(storePasswordFrom(dataDir, join(dataDir, 'none'))).rejects.toMatchObject({
      code: 'server.file-unusable',
    })
    expect(await readPasswordHash(dataDir)).toBeNull()
  })

  it('is refused by name when a file cannot be read as what it is', async () => {
    await expect(storePasswordFrom(dataDir, dataDir)).rejects.toMatchObject({
      code: 'server.file-unusable',
      params: { reason: 'EISDIR' },
    })
    const path = join(dataDir, 'server-password.json')
    await writeFile(path, '{"algorithm":')
    await expect(readPasswordHash(dataDir)).rejects.toMatchObject({ code: 'server.file-unusable', params: { path } })
  })
})
