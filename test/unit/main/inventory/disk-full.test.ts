import { readdir } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { isDiskFull, isQuotaUsedUp } from '../../../../src/main/inventory/disk-space.ts'
import { migrate } from '../../../../src/main/inventory/migrate.ts'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import { createVmDefinitionsRepository } from '../../../../src/main/inventory/repositories/vm-definitions-repository.ts'
import { createSqliteDialect } from '../../../../src/main/inventory/sqlite-dialect.ts'
import type { Tables } from '../../../../src/main/inventory/tables.ts'
import type { HostId, VmId } from '../../../../src/shared/domain/index.ts'
import { createSampleOperation } from './sample-operation.ts'
import { createTemporaryFolder, openForTest } from './temporary-folder.ts'

it('a full disk is said as such, nothing of the transaction stays, and writing goes on when there is room', async () => {
  const path = join(await createTemporaryFolder(), 'inventory.db')
  const file = new DatabaseSync(path)
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(file, path) })
  onTestFinished(() => database.destroy())
  await migrate(database, migrations, { path, backup: null })
  const definitions = createVmDefinitionsRepository(database)
  const hostId = '00000000-0000-4000-8000-000000000001' as HostId
  const many = Array.from({ length: 50 }, (_unused, index) => ({
    hostId,
    vmId: `vm-${index}` as VmId,
    name: 'web-01',
    xml: 'x'.repeat(4_000),
    readAt: 1,
  }))
  const pages = Number(file.prepare('PRAGMA page_count').get()?.page_count)
  file.exec(`PRAGMA foreign_keys = OFF; PRAGMA max_page_count = ${pages + 10}`)
  await expect(definitions.saveAll(many)).rejects.toMatchObject({
    code: 'inventory.disk-full',
    params: { path, freeBytes: expect.any(Number) },
  })
  expect(await definitions.fetchForHost(hostId)).toEqual([])
  file.exec('PRAGMA max_page_count = 10000')
  await definitions.saveAll(many)
  expect(await definitions.fetchForHost(hostId)).toHaveLength(50)
})

it.each([
  [{ code: 'ENOSPC', errno: -28 }, true],
  // As Node tells of EDQUOT on Linux, seen on btrfs with a quota.
  [{ code: 'Unknown system error -122', errno: -constants.errno.EDQUOT }, true],
  [{ code: 'EACCES', errno: -13 }, false],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, true],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 778 }, false],
])('%j: out of room is %s', (properties, expected) => {
  expect(isDiskFull(Object.assign(new Error('it failed'), properties))).toBe(expected)
})

it('an input/output error of SQLite is a used-up quota only where no file can be written', async () => {
  const folder = await createTemporaryFolder()
  const failed = Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 778 })
  expect(isQuotaUsedUp(failed, folder)).toBe(false)
  expect(isQuotaUsedUp(failed, join(folder, 'missing'))).toBe(false)
  expect(await readdir(folder)).toEqual([])
})

it('keeps the index of the WAL in memory: one that is mapped ends the process where a page of it finds no room', async () => {
  const dataDir = await createTemporaryFolder()
  const inventory = await openForTest(dataDir)
  await inventory.operations.save([createSampleOperation(1)])
  expect((await readdir(dataDir)).filter((name) => name.startsWith('inventory.db')).sort()).toEqual([
    'inventory.db',
    'inventory.db-wal',
  ])
})
