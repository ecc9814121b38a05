import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createEngineToken,
  engineFilePath,
  isTokenProven,
  proveToken,
  readEngineFile,
  removeEngineFile,
  writeEngineFile,
} from '../../../../src/main/shell/server/engine-file.ts'
import { PRIVATE_MODE } from './private-mode.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-engine-file-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const content = {
  pid: 4711,
  url: 'http://127.0.0.1:4242',
  token: createEngineToken(),
  version: '0.1.0',
  startedAt: 1,
}

describe('engine.json', () => {
  it('can be read by its user alone, and leaves no draft behind', async () => {
    await writeEngineFile(dataDir, content)
    expect((await stat(engineFilePath(dataDir))).mode & 0o777).toBe(PRIVATE_MODE)
    expect(await readdir(dataDir)).toEqual(['engine.json'])
    expect(await readEngineFile(dataDir)).toEqual(content)
  })

  it('is private even where a file with other permissions stood', async () => {
    await writeFile(engineFilePath(dataDir), '{}', { mode: 0o666 })
    await writeEngineFile(dataDir, content)
    expect((await stat(engineFilePath(dataDir))).mode & 0o777).toBe(PRIVATE_MODE)
  })

  it.each(['', '{', '[]', '{"pid":1}', '{"pid":"1","url":"x"}'])('counts as absent when it holds %j', async (text) => {
    await writeFile(engineFilePath(dataDir), text)
    expect(await readEngineFile(dataDir)).toBeNull()
  })

  it('is removed by the engine that wrote it, and by no other', async () => {
    await writeEngineFile(dataDir, content)
    await removeEngineFile(dataDir, 1234)
    expect(await readEngineFile(dataDir)).toEqual(content)
    await removeEngineFile(dataDir, 4711)
    expect(await readEngineFile(dataDir)).toBeNull()
  })
})

describe('the proof of the token', () => {
  it('holds for the same token and nonce only', () => {
    const proof = proveToken(content.token, 'nonce')
    expect(isTokenProven(content.token, 'nonce', proof)).toBe(true)
    expect(isTokenProven(content.token, 'other', proof)).toBe(false)
    expect(isTokenProven(createEngineToken(), 'nonce', proof)).toBe(false)
    expect(isTokenProven(content.token, 'nonce', '')).toBe(false)
  })
})
