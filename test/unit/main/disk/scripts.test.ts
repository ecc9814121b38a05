import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeExtentsScript } from '../../../../src/main/disk/on-host/scripts.ts'

describe('the script that writes extents', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vd-scripts-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  function start() {
    const shell = spawn('sh', ['-c', writeExtentsScript('part')], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
    let said = ''
    shell.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    shell.stdin.on('error', () => undefined)
    const says = async (text: string) => {
      while (!said.includes(text)) await once(shell.stdout, 'data')
    }
    return { shell, says, ended: once(shell, 'close') }
  }

  it('puts each where it belongs, and says up to where', async () => {
    await writeFile(join(folder, 'part'), '----------')
    const { shell, says, ended } = start()
    shell.stdin.write('2 3\nabc')
    await says('@5\n')
    shell.stdin.end('7 2\nde')
    expect(await ended).toEqual([0, null])
    expect(await readFile(join(folder, 'part'), 'utf8')).toBe('--abc--de-')
  })

  it('makes no file anew that was taken away meanwhile', async () => {
    await writeFile(join(folder, 'part'), '')
    const { shell, says, ended } = start()
    shell.stdin.write('0 3\nabc')
    await says('@3\n')
    await rm(join(folder, 'part'))
    shell.stdin.end('3 3\ndef')
    expect((await ended)[0]).not.toBe(0)
    expect(existsSync(join(folder, 'part'))).toBe(false)
  })
})
