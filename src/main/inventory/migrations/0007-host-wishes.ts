import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What persons wish of hosts: maintenance, and a reboot or shutdown until it is seen. A host's status is never stored. */
export const hostWishes: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('host_wishes')
      .addColumn('host_id', 'text', (column) =>
        column.primaryKey().notNull().references('hosts.id').onDelete('cascade'),
      )
      .addColumn('maintenance_since', 'integer')
      .addColumn('maintenance_user', 'text')
      .addColumn('maintenance_reason', 'text')
      .addColumn('power_action', 'text')
      .addColumn('power_since', 'integer')
      .addColumn('power_user', 'text')
      .addColumn('power_boot_id', 'text')
      .execute()
  },
}
