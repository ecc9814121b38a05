import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../../src/main/engine/index.ts'
import { openInventory } from '../../../../src/main/inventory/index.ts'
import type { CliIo } from '../../../../src/main/shell/cli/io.ts'
import { runCli } from '../../../../src/main/shell/cli/run-cli.ts'

let dataDir: string
let printed: { out: string; err: string }
let io: CliIo

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-restore-'))
  printed = { out: '', err: '' }
  io = {
    out: async (text) => {
      printed.out += text
    },
    err: (text) => {
      printed.err += text
    },
    readInput: async () => '',
    stopped: new AbortController().signal,
  }
})

afterEach(() => rm(dataDir, { recursive: true, force: true }))

it('brings a damaged inventory back from its newest backup and keeps the damaged file', async () => {
  // the second opening is the first that finds something to back up
  for (let opening = 0; opening < 2; opening += 1) await (await openInventory({ dataDir, clock: systemClock })).close()
  await writeFile(join(dataDir, 'inventory.db'), 'this is no database at all, and long enough to be taken for a header')
  await expect(openInventory({ dataDir, clock: systemClock })).rejects.toMatchObject({ code: 'inventory.corrupt' })

  expect(await runCli(['restore', '--data-dir', dataDir, '--json'], io, '')).toBe(0)
  const { setAside } = JSON.parse(printed.out) as { setAside: string }
  expect(await readFile(setAside, 'utf8')).toContain('no database')
  await (await openInventory({ dataDir, clock: systemClock })).close()
})

it('refuses while an engine has the folder', async () => {
  const inventory = await openInventory({ dataDir, clock: systemClock })
  try {
    expect(await runCli(['restore', '--data-dir', dataDir], io, '')).toBe(1)
    expect(printed.err).toContain(String(process.pid))
  } finally {
    await inventory.close()
  }
})
