import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  armScript,
  backScript,
  beginScript,
  confirmScript,
  keepScript,
  stagingInput,
  type Trial,
  trialScript,
} from '../../../../../src/main/network/on-host/change-scripts.ts'
import { attach, changesOf, fixed, makeFacts, makeNetwork } from './make-facts.ts'

const id = '00000000-0000-4000-8000-000000000001'
const moved = { attachments: [attach(1, 'eth0', { ipv4: fixed('192.0.2.10/24', '192.0.2.1') })] }
const { changes } = changesOf(makeFacts(), moved, [makeNetwork(1, { name: 'ovirtmgmt' })])
const nothing = { clear: [], giveBack: [] }

const trials: readonly [string, Partial<Trial['changes']>][] = [
  ['a NIC is moved into a bridge', {}],
  ['a drift is mended, for which no file changes', { files: [] }],
  ['files alone change', { release: [], letGo: [], apply: [], restore: [], created: [], deleted: [], kernel: nothing }],
  [
    'nothing at all',
    { files: [], release: [], letGo: [], apply: [], restore: [], created: [], deleted: [], kernel: nothing },
  ],
]

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
})
