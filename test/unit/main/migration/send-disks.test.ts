import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  askCopiesScript,
  nameCopiesScript,
  partOf,
  removeCopiesScript,
} from '../../../../src/main/migration/commands/send-disks.ts'

const VM = '11111111-2222-4333-8444-555555555555'
const run = (script: string) => promisify(execFile)('sh', ['-c', script])

describe('the names of copies, by a real shell', () => {
  let folder: string
  let copies: { path: string; target: string }[]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "copies' "))
    copies = ['one.qcow2', 'two.raw'].map((name, index) => ({ path: join(folder, name), target: `vd${'ab'[index]}` }))
    for (const copy of copies) await writeFile(partOf(copy, VM).path, `of ${copy.target}`)
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('are given to all of them, and are known as ours until they are let go', async () => {
    expect((await run(askCopiesScript(copies, VM))).stdout).toBe('')
    await run(nameCopiesScript(copies, VM))
    expect((await run(askCopiesScript(copies, VM))).stdout).toBe('whole\n')
    await run(removeCopiesScript(copies, VM))
    expect(await readdir(folder)).toEqual([])
    // Again, as after a cut: nothing is left to do.
    await run(removeCopiesScript(copies, VM))
  })

  it('are given to none where one is taken meanwhile, whose file stays', async () => {
    const [, second] = copies
    if (second === undefined) throw new Error('two copies')
    await writeFile(second.path, 'somebody’s')
    await expect(run(nameCopiesScript(copies, VM))).rejects.toThrow(/File exists/)
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual(['two.raw'])
    expect((await run(askCopiesScript(copies, VM))).stdout).toBe('')
    await run(removeCopiesScript(copies, VM))
    expect(await readdir(folder)).toEqual(['two.raw'])
    expect(await readFile(second.path, 'utf8')).toBe('somebody’s')
  })
})
