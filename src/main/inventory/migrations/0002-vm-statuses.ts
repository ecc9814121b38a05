import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Since when each VM is in its status, and the order in which definitions were saved: clocks can be wrong. */
export const vmStatuses: Migration = {
  up: async (database: Kysely<unknown>) => {
    const { schema } = database
    await schema
      .createTable('vm_statuses')
      .addColumn('vm_id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id').onDelete('cascade'))
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('domain_id', 'integer')
      .addColumn('since', 'integer', (column) => column.notNull())
      .addColumn('exact', 'integer', (column) => column.notNull())
      .execute()
    await schema.createIndex('vm_statuses_by_host').on('vm_statuses').column('host_id').execute()
    await schema
      .alterTable('vm_definitions')
      .addColumn('saved_order', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  },
}
