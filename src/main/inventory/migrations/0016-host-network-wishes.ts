import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which networks are wished to be on which NICs of a host. */
export const hostNetworkWishes: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('host_network_wishes')
      .addColumn('host_id', 'text', (column) =>
        column.primaryKey().notNull().references('hosts.id').onDelete('cascade'),
      )
      .addColumn('wish_json', 'text', (column) => column.notNull())
      .execute()
  },
}
