import { readdir } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isDiskFull, isDiskFullAt } from '../../../../src/main/inventory/disk-space.ts'
import { migrate } from '../../../../src/main/inventory/migrate.ts'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import { createVmDefinitionsRepository } from '../../../../src/main/inventory/repositories/vm-definitions-repository.ts'
import { createSqliteDialect } from '../../../../src/main/inventory/sqlite-dialect.ts'
import type { Tables } from '../../../../src/main/inventory/tables.ts'
import type { HostId, VmId } from '../../../../src/shared/domain/index.ts'
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

describe('an error of the disk', () => {
  const fromNode = (fields: object) => Object.assign(new Error('from node'), fields)

  it.each([
    ['ENOSPC', fromNode({ code: 'ENOSPC', errno: -28 })],
    // As Node has it: libuv does not know this one.
    ['EDQUOT', fromNode({ code: 'Unknown system error -122', errno: -constants.errno.EDQUOT })],
    ['SQLITE_FULL', fromNode({ code: 'ERR_SQLITE_ERROR', errcode: 13 })],
  ])('is that it is full: %s', (_name, error) => {
    expect(isDiskFull(error)).toBe(true)
  })

  it.each([
    ['EIO', fromNode({ code: 'EIO', errno: -5 })],
    ['SQLITE_IOERR_WRITE', fromNode({ code: 'ERR_SQLITE_ERROR', errcode: 778 })],
    ['nothing of Node', 'full'],
  ])('is another one: %s', (_name, error) => {
    expect(isDiskFull(error)).toBe(false)
  })

  it('of input or output is told from a quota by a file, of which nothing stays', async () => {
    const folder = await createTemporaryFolder()
    const failure = fromNode({ code: 'ERR_SQLITE_ERROR', errcode: 778 })
    expect(isDiskFullAt(folder, failure)).toBe(false)
    expect(await readdir(folder)).toEqual([])
    expect(isDiskFullAt(join(folder, 'gone'), failure)).toBe(false)
  })
})

it('an inventory has no file that is mapped into memory: where there is no room for its pages, that would end the engine', async () => {
  const dataDir = await createTemporaryFolder()
  await openForTest(dataDir)
  expect(await readdir(dataDir)).toContain('inventory.db-wal')
  expect(await readdir(dataDir)).not.toContain('inventory.db-shm')
})
