import type { Kysely } from 'kysely'
import type { StorageDomainId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'

/** SQLite takes a bounded number of values in one statement. */
const AT_ONCE = 200

/** What was removed while its files in a storage domain may still be there: ids of VMs and disks. */
export interface RemovedDefinitionsRepository {
  /** Again changes nothing. Of a domain that is not in the inventory (any more), nothing is kept. */
  add(storageDomainId: StorageDomainId, ids: readonly string[]): Promise<void>
  fetchIds(storageDomainId: StorageDomainId): Promise<readonly string[]>
  /** Their files are gone. Without ids: whatever was to go from that domain. */
  drop(storageDomainId: StorageDomainId, ids?: readonly string[]): Promise<void>
}

export function createRemovedDefinitionsRepository(database: Kysely<Tables>): RemovedDefinitionsRepository {
  return {
    add: async (storageDomainId, ids) => {
      const domain = database.selectFrom('storage_domains').select('id').where('id', '=', storageDomainId)
      if ((await domain.executeTakeFirst()) === undefined) return
      for (const some of batchesOf(ids)) {
        await database
          .insertInto('removed_definitions')
          .values(some.map((id) => ({ storage_domain_id: storageDomainId, id })))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }
    },
    fetchIds: async (storageDomainId) => {
      const rows = await database
        .selectFrom('removed_definitions')
        .select('id')
        .where('storage_domain_id', '=', storageDomainId)
        .execute()
      return rows.map(({ id }) => id)
    },
    drop: async (storageDomainId, ids) => {
      const all = database.deleteFrom('removed_definitions').where('storage_domain_id', '=', storageDomainId)
      if (ids === undefined) await all.execute()
      else for (const some of batchesOf(ids)) await all.where('id', 'in', some).execute()
    },
  }
}

function batchesOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, batch) =>
    ids.slice(batch * AT_ONCE, (batch + 1) * AT_ONCE),
  )
}
