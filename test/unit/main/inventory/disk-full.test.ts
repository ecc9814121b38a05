import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../../../src/main/inventory/migrate.ts'
import { migrations } from '../../../../src/main/inventory/migrations/index.ts'
import { createVmDefinitionsRepository } from '../../../../src/main/inventory/repositories/vm-definitions-repository.ts'
import { createSqliteDialect } from '../../../../src/main/inventory/sqlite-dialect.ts'
import type { Tables } from '../../../../src/main/inventory/tables.ts'
import type { HostId, VmId } from '../../../../src/shared/domain/index.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

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
