import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** VMs and disks that were removed, and whose files are to go from a storage domain once it can be written. */
export const removedDefinitions: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('removed_definitions')
      .addColumn('storage_domain_id', 'text', (column) =>
        column.notNull().references('storage_domains.id').onDelete('cascade'),
      )
      .addColumn('id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('removed_definitions_key', ['storage_domain_id', 'id'])
      .execute()
  },
}
