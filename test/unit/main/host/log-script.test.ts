import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseLogTail, vmLogScript } from '../../../../src/main/host/details/log-script.ts'
import { LOG_TAIL_BYTES } from '../../../../src/shared/domain/index.ts'

describe('the end of a log', () => {
  test('is read with its source', () => {
    expect(parseLogTail('state=read\nsource=/var/log/libvirt/qemu/web.log\n\none\n\ntwo\n', 5)).toEqual({
      id: 'tail',
      asOf: 5,
      source: '/var/log/libvirt/qemu/web.log',
      text: 'one\n\ntwo\n',
      isCut: false,
      obstacle: null,
    })
  })

  test('begins with a whole line where it was cut', () => {
    const line = `${'x'.repeat(99)}\n`
    const { text, isCut } = parseLogTail(`state=read\nsource=f\n\nhalf\n${line.repeat(LOG_TAIL_BYTES / 100 + 1)}`, 0)
    expect(isCut).toBe(true)
    expect(text.startsWith('xxx')).toBe(true)
  })

  test('has nothing that moves a cursor or turns the direction of writing', () => {
    const { text } = parseLogTail('state=read\nsource=f\n\n\u001b[31mred\u0007 \u202eleft\ttab\r\n', 0)
    expect(text).toBe('\ufffd[31mred\ufffd \ufffdleft\ttab\n')
  })

  test.each([
    ['state=missing\nsource=f\n\n', 'missing'],
    ['state=unreadable\nsource=f\n\n', 'unreadable'],
    ['', 'missing'],
    ['noise without end', 'missing'],
  ])('%j is no text', (output, obstacle) => {
    expect(parseLogTail(output, 0)).toMatchObject({ obstacle, text: '' })
  })
})

describe('the script for a machine’s log', () => {
  let home = ''
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'virtdeck-log-'))
    mkdirSync(join(home, 'libvirt/qemu/log'), { recursive: true })
    writeFileSync(join(home, "libvirt/qemu/log/it's $(web).log"), 'qemu says\n')
  })
  afterAll(() => rmSync(home, { recursive: true }))
  const run = (name: string) =>
    parseLogTail(
      execFileSync('sh', ['-c', vmLogScript(name, 'session')], {
        env: { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: home },
        encoding: 'utf8',
        timeout: 20_000,
      }),
      0,
    )

  test('takes a name as it is', () => {
    expect(run("it's $(web)")).toMatchObject({ text: 'qemu says\n', obstacle: null })
  })

  test('says that there is none', () => {
    expect(run('gone')).toMatchObject({ obstacle: 'missing', source: join(home, 'libvirt/qemu/log/gone.log') })
  })
})
