import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rmdir, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { listBackups } from '../../../../src/main/inventory/backups.ts'
import { restoreBackup } from '../../../../src/main/inventory/index.ts'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import { ManualClock, YEAR_2036 } from '../engine/manual-clock.ts'
import { createSampleOperation } from './sample-operation.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
/** The schema as it is now. */
const LATEST = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))
const withSecond = {
  ...migrations,
  '9999-second': {
    up: async (database: Kysely<unknown>) => {
      await database.schema.createTable('second').addColumn('id', 'text').execute()
    },
  },
}
const withBroken = {
  ...migrations,
  '9999-broken': {
    up: async (database: Kysely<unknown>) => {
      await database.schema.createTable('half').addColumn('id', 'text').execute()
      throw new Error('the second half of it failed')
    },
  },
}

function clockAt(now: number): ManualClock {
  const clock = new ManualClock()
  clock.setTo(now)
  return clock
}

async function createInventoryWithTask() {
  const dataDir = await createTemporaryFolder()
  const inventory = await openForTest(dataDir)
  await inventory.operations.save([createSampleOperation(1)])
  await inventory.close()
  return { dataDir, file: join(dataDir, 'inventory.db'), backups: join(dataDir, 'backups') }
}

/** One that has been opened twice has a backup. */
async function createInventoryWithBackup() {
  const made = await createInventoryWithTask()
  await (await openForTest(made.dataDir)).close()
  const [name = ''] = await readdir(made.backups)
  return { ...made, backup: join(made.backups, name) }
}

describe('opening', () => {
  it('makes the folder, for this user alone, and the file in WAL with full synchronisation', async () => {
    const dataDir = join(await createTemporaryFolder(), 'deep', 'inside')
    const inventory = await openForTest(dataDir)
    await inventory.operations.save([createSampleOperation(1)])
    const names = await readdir(dataDir)
    expect(names).toEqual(expect.arrayContaining(['backups', 'inventory.db', 'inventory.db-wal']))
    if (process.platform !== 'win32') {
      expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
      expect((await stat(join(dataDir, 'inventory.db'))).mode & 0o777).toBe(0o600)
    }
  })

  it.skipIf(process.platform === 'win32')('closes a folder that others could read', async () => {
    const dataDir = await createTemporaryFolder()
    await chmod(dataDir, 0o755)
    await openForTest(dataDir)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  })

  it.skipIf(process.platform === 'win32')('refuses a folder that all users share, and leaves it open', async () => {
    const dataDir = await createTemporaryFolder()
    await chmod(dataDir, 0o1777)
    await expect(openForTest(dataDir)).rejects.toMatchObject({
      code: 'inventory.folder-unusable',
      params: { path: dataDir, reason: 'shared by all users' },
    })
    expect((await stat(dataDir)).mode & 0o7777).toBe(0o1777)
  })

  it.each(['instance.lock', 'instance.pid'])(
    'refuses a folder whose %s cannot be written, and lets go of it',
    async (name) => {
      const dataDir = await createTemporaryFolder()
      await mkdir(join(dataDir, name))
      await expect(openForTest(dataDir)).rejects.toMatchObject({
        code: 'inventory.folder-unusable',
        params: { path: dataDir },
      })
      await rmdir(join(dataDir, name))
      await openForTest(dataDir)
    },
  )

  it('refuses a folder that cannot be one', async () => {
    const file = join(await createTemporaryFolder(), 'file')
    await writeFile(file, '')
    for (const dataDir of [file, join(file, 'below')]) {
      await expect(openForTest(dataDir)).rejects.toMatchObject({
        code: 'inventory.folder-unusable',
        params: { path: dataDir, reason: expect.stringMatching(/^E/) },
      })
    }
  })

  it('refuses a second time on the same folder, and lets the next one in after close', async () => {
    const dataDir = await createTemporaryFolder()
    const first = await openForTest(dataDir)
    await expect(openForTest(dataDir)).rejects.toMatchObject({
      code: 'inventory.in-use',
      params: { path: dataDir, pid: process.pid },
    })
    await first.operations.save([createSampleOperation(1)])
    await first.close()
    const second = await openForTest(dataDir)
    expect(await second.operations.fetchEnded(9)).toHaveLength(1)
  })

  it('finishes what was asked before it closes', async () => {
    const dataDir = await createTemporaryFolder()
    const first = await openForTest(dataDir)
    const writes = Promise.all([1, 2, 3].map((number) => first.operations.save([createSampleOperation(number)])))
    await first.close()
    await writes
    const second = await openForTest(dataDir)
    expect(await second.operations.fetchEnded(9)).toHaveLength(3)
  })

  it('lets the folder go again when it refuses', async () => {
    const { dataDir, file, backup } = await createInventoryWithBackup()
    await writeFile(file, 'nonsense')
    await expect(openForTest(dataDir)).rejects.toMatchObject({ code: 'inventory.corrupt' })
    await expect(openForTest(dataDir)).rejects.toMatchObject({ code: 'inventory.corrupt', params: { backup } })
  })
})

describe('a newer schema', () => {
  it('is refused with both versions, and the file is left as it is', async () => {
    const dataDir = await createTemporaryFolder()
    await (await openForTest(dataDir, { migrations: withSecond })).close()
    const before = await readFile(join(dataDir, 'inventory.db'))
    await expect(openForTest(dataDir)).rejects.toMatchObject({
      code: 'inventory.schema-newer',
      params: { path: join(dataDir, 'inventory.db'), schemaVersion: 9999, supportedVersion: LATEST },
    })
    expect(await readFile(join(dataDir, 'inventory.db'))).toEqual(before)
  })
})

describe('a migration', () => {
  it('is preceded by a backup that holds everything', async () => {
    const { dataDir, backups } = await createInventoryWithTask()
    const inventory = await openForTest(dataDir, { migrations: withSecond })
    expect(await inventory.operations.fetchEnded(9)).toEqual([createSampleOperation(1)])
    const names = await readdir(backups)
    expect(names.filter((name) => name.endsWith(`schema${LATEST}.db`))).toHaveLength(1)
    const copy = new DatabaseSync(join(backups, names[0] ?? ''), { readOnly: true })
    expect(copy.prepare('SELECT count(*) AS count FROM operations').get()).toEqual({ count: 1 })
    copy.close()
  })

  it('does not begin without its backup', async () => {
    const { dataDir, file, backups } = await createInventoryWithTask()
    await mkdir(join(backups, `inventory-000001-20300101T000000000Z-schema${LATEST}.db.part`))
    const clock = clockAt(Date.UTC(2030, 0, 1))
    await expect(openForTest(dataDir, { migrations: withSecond, clock })).rejects.toMatchObject({
      code: 'inventory.write-failed',
    })
    const database = new DatabaseSync(file)
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'second'").all()).toEqual([])
    database.close()
  })

  it('that fails leaves nothing behind, and names itself and the backup', async () => {
    const { dataDir, file, backups } = await createInventoryWithTask()
    const failure = openForTest(dataDir, { migrations: withBroken })
    await expect(failure).rejects.toMatchObject({
      code: 'inventory.migration-failed',
      params: { path: file, migration: '9999-broken', backup: expect.stringContaining(backups) },
    })
    const inventory = await openForTest(dataDir)
    expect(await inventory.operations.fetchEnded(9)).toEqual([createSampleOperation(1)])
    await inventory.close()
    const database = new DatabaseSync(file)
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
    database.close()
  })
})

describe('backups', () => {
  it('are made once a day, and the newest five are kept', async () => {
    const { dataDir, backups } = await createInventoryWithTask()
    const start = Date.UTC(2030, 0, 1)
    for (let day = 0; day < 7; day++) {
      for (const hour of [0, 6]) {
        const now = start + day * DAY_MS + hour * 60 * 60 * 1_000
        await (await openForTest(dataDir, { clock: clockAt(now) })).close()
      }
    }
    const names = (await readdir(backups)).sort()
    expect(names).toEqual(
      [3, 4, 5, 6, 7].map((day) => `inventory-00000${day}-2030010${day}T000000000Z-schema${LATEST}.db`),
    )
  }, 30_000)

  it('are the newest by their number: one from the year 2036 neither stops the next ones nor is put back before them', async () => {
    const { dataDir, backups, file } = await createInventoryWithTask()
    const old = `inventory-20290101T000000000Z-schema${LATEST}.db`
    await copyFile(file, join(backups, old))
    const start = Date.UTC(2030, 0, 1)
    for (const now of [YEAR_2036, start, start + 6 * 3_600_000, start + DAY_MS]) {
      await (await openForTest(dataDir, { clock: clockAt(now) })).close()
    }
    const made = (await listBackups(backups)).map((path) => basename(path).slice(0, 'inventory-000001-20360101'.length))
    expect(made).toEqual([
      'inventory-000003-20300102',
      'inventory-000002-20300101',
      'inventory-000001-20360101',
      old.slice(0, 'inventory-000001-20360101'.length),
    ])
  })

  it('are made daily by the time that passes, whatever the clock is set to meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const { dataDir, backups } = await createInventoryWithTask()
    const clock = clockAt(Date.UTC(2030, 0, 1))
    const inventory = await openForTest(dataDir, { clock })
    const hours = async (count: number) => {
      for (let hour = 0; hour < count; hour++) {
        clock.advance(3_600_000)
        vi.advanceTimersByTime(3_600_000)
        await inventory.operations.fetchEnded(1)
      }
    }
    const count = async () => (await listBackups(backups)).length
    expect(await count()).toBe(1)
    clock.setTo(YEAR_2036)
    await hours(23)
    expect(await count()).toBe(1)
    clock.setBack(600_000)
    await hours(1)
    await vi.waitFor(async () => expect(await count()).toBe(2))
  })

  it('of the day that cannot be made are told, and the inventory opens all the same', async () => {
    const { dataDir, backups } = await createInventoryWithTask()
    await mkdir(join(backups, `inventory-000001-20300101T000000000Z-schema${LATEST}.db.part`))
    const failures: unknown[] = []
    const inventory = await openForTest(dataDir, {
      clock: clockAt(Date.UTC(2030, 0, 1)),
      onBackupFailed: (error) => failures.push(error),
    })
    expect(failures).toMatchObject([{ code: 'inventory.write-failed' }])
    expect(await inventory.operations.fetchEnded(9)).toEqual([createSampleOperation(1)])
  })
})

describe('a damaged file', () => {
  const damages: readonly [string, (file: string) => Promise<void>][] = [
    ['cut in half', async (file) => truncate(file, Math.floor((await stat(file)).size / 8192) * 4096)],
    ['cut within its header', (file) => truncate(file, 50)],
    ['random bytes', (file) => writeFile(file, randomBytes(50_000))],
    [
      'a page of zeros',
      async (file) => {
        const bytes = await readFile(file)
        await writeFile(file, bytes.fill(0, 4096, 8192))
      },
    ],
    [
      'a database of something else',
      async (file) => {
        await writeFile(file, '')
        const other = new DatabaseSync(file)
        other.exec('CREATE TABLE music (title TEXT)')
        other.close()
      },
    ],
  ]

  it.each(damages)('(%s) is refused with the newest backup, and the way back works', async (_name, damage) => {
    const { dataDir, file, backup } = await createInventoryWithBackup()
    await damage(file)
    const damaged = await readFile(file)
    await expect(openForTest(dataDir)).rejects.toMatchObject({
      code: 'inventory.corrupt',
      params: { path: file, detail: expect.stringMatching(/./), backup },
    })
    const restored = await restoreBackup({ dataDir, clock: Date })
    expect(restored.backup).toBe(backup)
    expect(await readFile(restored.setAside)).toEqual(damaged)
    const inventory = await openForTest(dataDir)
    expect(await inventory.operations.fetchEnded(9)).toEqual([createSampleOperation(1)])
  })

  it('without a backup is refused with an empty name', async () => {
    const { dataDir, file } = await createInventoryWithTask()
    await truncate(file, 5_000)
    await expect(openForTest(dataDir)).rejects.toMatchObject({ code: 'inventory.corrupt', params: { backup: '' } })
    await expect(restoreBackup({ dataDir, clock: Date })).rejects.toMatchObject({ code: 'inventory.folder-unusable' })
    expect((await stat(file)).size).toBe(5_000)
  })

  it('stays where it is when there is no room for the backup’s copy', async () => {
    const { dataDir, file } = await createInventoryWithBackup()
    await truncate(file, 5_000)
    await mkdir(`${file}.part`)
    await expect(restoreBackup({ dataDir, clock: Date })).rejects.toMatchObject({ code: 'inventory.folder-unusable' })
    expect((await stat(file)).size).toBe(5_000)
    await rmdir(`${file}.part`)
    await restoreBackup({ dataDir, clock: Date })
  })

  it('is not replaced while somebody has the inventory open', async () => {
    const { dataDir } = await createInventoryWithBackup()
    await openForTest(dataDir)
    await expect(restoreBackup({ dataDir, clock: Date })).rejects.toMatchObject({ code: 'inventory.in-use' })
  })

  it('is only replaced by a file that lies among the backups', async () => {
    const { dataDir, file } = await createInventoryWithBackup()
    const before = await readFile(file)
    await expect(restoreBackup({ dataDir, backup: '/etc/passwd', clock: Date })).rejects.toMatchObject({
      code: 'inventory.folder-unusable',
    })
    expect(await readFile(file)).toEqual(before)
  })
})
