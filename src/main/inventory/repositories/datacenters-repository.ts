import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { DatacenterDefinition, DatacenterId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'

export interface DatacenterRecord extends DatacenterDefinition {
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface DatacentersRepository {
  /** In the order in which they were created. */
  fetchAll(): Promise<readonly DatacenterRecord[]>
  /** Adds or replaces by id. Two cannot have one name (the database refuses). */
  save(datacenter: DatacenterRecord): Promise<void>
  /** The database refuses while a cluster is in it. */
  remove(id: DatacenterId): Promise<void>
}

export function createDatacentersRepository(database: Kysely<Tables>): DatacentersRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('datacenters').selectAll().orderBy(sql`rowid`).execute()
      return rows.map(({ id, name, description, revision, created_at, storage_type }) => ({
        id: id as DatacenterId,
        name,
        description,
        storageType: storage_type,
        revision,
        createdAt: created_at,
      }))
    },
    save: async ({ id, name, description, storageType, revision, createdAt }) => {
      const changes = { name, description, storage_type: storageType, revision, created_at: createdAt }
      await database
        .insertInto('datacenters')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('datacenters').where('id', '=', id).execute()
    },
  }
}
