import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  armScript,
  backScript,
  beginScript,
  confirmScript,
  keepScript,
  secondsToKeep,
  stagingInput,
  type Trial,
  trialScript,
} from '../../../../../src/main/network/on-host/change-scripts.ts'
import { attach, changesOf, fixed, makeFacts, makeNetwork } from './make-facts.ts'

const id = '00000000-0000-4000-8000-000000000001'
const moved = { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24', '192.0.2.1') })] }
const { changes } = changesOf(makeFacts(), moved, [makeNetwork(1, { name: 'ovirtmgmt' })])
const nothing = { clear: [], giveBack: [] }

const noChange: Partial<Trial['changes']> = {
  files: [],
  release: [],
  letGo: [],
  apply: [],
  restore: [],
  created: [],
  deleted: [],
  kernel: nothing,
}

const trials: readonly [string, Partial<Trial['changes']>][] = [
  ['a NIC is moved into a bridge', {}],
  ['a drift is mended, for which no file changes', { files: [] }],
  ['files alone change', { release: [], letGo: [], apply: [], restore: [], created: [], deleted: [], kernel: nothing }],
  ['nothing at all', noChange],
]

it.each([
  [10_000, 60],
  [60_000, 60],
  [600_000, 300],
])('has %i ms to confirm, and then %i s to keep it', (confirmMs, seconds) => {
  expect(secondsToKeep(confirmMs)).toBe(seconds)
})

describe('what is run on a host', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtdeck-scripts-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const parses = (text: string) => execFileSync('sh', ['-n'], { input: text })

  it.each(
    trials.flatMap(([name, more]) =>
      [true, false].map((hasSystemd) => [name, { id, changes: { ...changes, ...more }, hasSystemd }] as const),
    ),
  )('is a shell script that can be read: %s', (_, part) => {
    for (const hasCheckpoint of [true, false]) {
      const trial: Trial = { ...part, hasCheckpoint }
      for (const text of [
        armScript(trial, 60),
        beginScript(trial, 30),
        confirmScript(trial, 60),
        keepScript(trial),
        backScript(trial),
        trialScript(id),
      ])
        expect(() => parses(text)).not.toThrow()
      execFileSync('sh', { cwd: folder, input: stagingInput(trial) })
      // The way back above all: a host that cannot read it stays as it is.
      for (const script of ['apply.sh', 'back.sh', 'keep.sh'])
        expect(() => execFileSync('sh', ['-n', script], { cwd: folder, stdio: 'pipe' })).not.toThrow()
      execFileSync('sh', ['-c', 'rm -r expected after'], { cwd: folder })
    }
  })

  /** Writes the trial's scripts for this folder, and lets those that cover another one do without. */
  const stage = (more: Partial<Trial['changes']>): Trial => {
    const trial: Trial = {
      id,
      changes: { ...changes, ...noChange, ...more },
      hasSystemd: false,
      hasCheckpoint: false,
    }
    execFileSync('sh', { cwd: folder, input: stagingInput(trial) })
    for (const name of ['apply.sh', 'back.sh']) {
      const text = readFileSync(join(folder, name), 'utf8')
      writeFileSync(join(folder, name), here(text).replace(/^: > covered; mount .*$/m, ''))
    }
    execFileSync(
      'sh',
      ['-c', 'echo "$(cat /proc/sys/kernel/random/boot_id) $(sed "s/^.*) //" /proc/1/stat | cut -d" " -f20)" > boot'],
      {
        cwd: folder,
      },
    )
    return trial
  }
  const here = (text: string) => text.replaceAll(`/var/lib/virtdeck/networks/${id}`, folder)
  const has = (name: string) => existsSync(join(folder, name))
  const until = (name: string) => vi.waitUntil(() => has(name), { timeout: 25_000 })

  it('goes back once, however often it is asked for', async () => {
    stage({ letGo: ['echo going >> going; until [ -e may-end ]; do sleep 0.05; done'] })
    writeFileSync(join(folder, 'applying'), '')
    const first = spawn('sh', [join(folder, 'back.sh'), 'now'])
    await until('going')
    // It ends while the first one is at it.
    expect(await once(spawn('sh', [join(folder, 'back.sh'), 'now']), 'exit')).toEqual([0, null])
    expect(has('back')).toBe(false)
    writeFileSync(join(folder, 'may-end'), '')
    expect(await once(first, 'exit')).toEqual([0, null])
    expect(has('back')).toBe(true)
    expect(readFileSync(join(folder, 'going'), 'utf8')).toBe('going\n')
  })

  it('applies nothing more once the host goes back', () => {
    stage({ apply: ['mkdir end1', 'touch more'] })
    expect(() => execFileSync('sh', [join(folder, 'apply.sh')])).toThrow()
    expect(readFileSync(join(folder, 'applied'), 'utf8')).toBe('1\n')
    expect(has('more')).toBe(false)
  })

  it('tells of a change that ran out of its time', async () => {
    const trial = stage({ apply: ['sleep 600'] })
    execFileSync('sh', ['-c', here(beginScript(trial, 1))])
    await until('applied')
    expect(readFileSync(join(folder, 'applied'), 'utf8')).toBe('124\n')
  })
})
