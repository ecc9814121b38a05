import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBoundedLogFile } from '../../../../src/main/shell/server/bounded-log-file.ts'
import { openEngineLog } from '../../../../src/main/shell/server/log.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-log-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

describe('the log', () => {
  it('leaves out what is named like a secret, wherever it stands', async () => {
    const log = openEngineLog(dataDir, () => undefined)
    log.logger.info({ password: 'p-1', input: { passphrase: 'p-2', host: { privateKey: 'p-3' } } }, 'one')
    log.logger.warn({ headers: { cookie: 'p-4', authorization: 'p-5' }, a: { b: { c: { token: 'p-6' } } } }, 'two')
    log.close()
    const text = await readFile(join(dataDir, 'virtdeck.log'), 'utf8')
    expect(text).toContain('"msg":"one"')
    expect(text).not.toMatch(/p-\d/)
  })

  it('shows warnings in the terminal, in plain words, and nothing below', () => {
    const shown: string[] = []
    const log = openEngineLog(dataDir, (line) => shown.push(line))
    log.logger.info('quiet')
    log.logger.error({ err: new Error('the disk is full') }, 'audit lines could not be written')
    log.close()
    expect(shown).toEqual(['virtdeck: audit lines could not be written (the disk is full)\n'])
  })

  it('lets nothing that a host says steer the terminal', () => {
    const shown: string[] = []
    const log = openEngineLog(dataDir, (line) => shown.push(line))
    log.logger.warn({ err: new Error('\u001b]0;owned\u0007\n') }, 'a host said')
    log.close()
    expect(shown).toEqual(['virtdeck: a host said (?]0;owned??)\n'])
  })

  it('fails nobody who writes to it when it cannot be written, and says so once', async () => {
    const shown: string[] = []
    await mkdir(join(dataDir, 'virtdeck.log'))
    const log = openEngineLog(dataDir, (line) => shown.push(line))
    log.logger.info('one')
    log.logger.info('two')
    log.close()
    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatch(/^virtdeck: the log cannot be written \(EISDIR.*\)\n$/)
  })

  it('never writes into a file that was opened after it, when the full one cannot be put aside', async () => {
    const path = join(dataDir, 'bounded.log')
    await mkdir(join(`${path}.1`, 'in-the-way'), { recursive: true })
    const failures: unknown[] = []
    const file = openBoundedLogFile(path, 10, (error) => failures.push(error))
    file.write('12345678\n')
    file.write('more\n')
    const other = openSync(join(dataDir, 'other'), 'w')
    file.write('and more\n')
    closeSync(other)
    file.close()
    expect(failures.length).toBeGreaterThan(0)
    expect(await readFile(join(dataDir, 'other'), 'utf8')).toBe('')
  })

  it('never takes more than two files of the limit', async () => {
    const path = join(dataDir, 'bounded.log')
    const file = openBoundedLogFile(path, 1_000, (error) => expect(error).toBeUndefined())
    for (let line = 0; line < 500; line++) file.write(`${'x'.repeat(99)}\n`)
    file.close()
    expect((await readdir(dataDir)).sort()).toEqual(['bounded.log', 'bounded.log.1'])
    expect((await stat(path)).size).toBeLessThanOrEqual(1_000)
    expect((await stat(`${path}.1`)).size).toBe(1_000)
  })
})
