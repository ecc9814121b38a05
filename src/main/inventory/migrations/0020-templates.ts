import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Templates, and the versions of each. Their disks are among the disks. */
export const templates: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('templates')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('datacenter_id', 'text', (column) => column.notNull().references('datacenters.id').onDelete('cascade'))
      .addColumn('base_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('version_name', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('sealed', 'integer', (column) => column.notNull())
      .addColumn('hardware_json', 'text', (column) => column.notNull())
      .addColumn('disks_json', 'text', (column) => column.notNull())
      .addColumn('created_from', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addUniqueConstraint('templates_version', ['base_id', 'version'])
      .execute()
  },
}
