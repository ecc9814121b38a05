import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What hosts told last of themselves, and the CPU level that was found of clusters: shown while a host cannot be asked. */
export const toldByHosts: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('told_by_hosts')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id').onDelete('cascade'))
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('told_json', 'text', (column) => column.notNull())
      .addColumn('told_at', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('told_by_hosts_key', ['host_id', 'kind'])
      .execute()
    await database.schema.alterTable('clusters').addColumn('cpu_level_json', 'text').execute()
  },
}
