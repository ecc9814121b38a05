import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Storage domains with their registered disks, and what an engine is called by the storage that it owns. */
export const storageDomains: Migration = {
  up: async (database: Kysely<{ readonly engine: { id: string } }>) => {
    const { schema } = database
    await schema
      .alterTable('datacenters')
      .addColumn('storage_type', 'text', (column) => column.notNull().defaultTo('shared'))
      .execute()
    await schema
      .alterTable('hosts')
      .addColumn('storage_manager_priority', 'integer', (column) => column.notNull().defaultTo(5))
      .execute()
    await schema
      .createTable('storage_domains')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('datacenter_id', 'text', (column) => column.references('datacenters.id').onDelete('restrict'))
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('storage_json', 'text', (column) => column.notNull())
      .addColumn('pool_name', 'text', (column) => column.notNull())
      .addColumn('target_path', 'text', (column) => column.notNull())
      .addColumn('wished_active', 'integer', (column) => column.notNull())
      .addColumn('is_master', 'integer', (column) => column.notNull())
      .addColumn('master_version', 'integer', (column) => column.notNull())
      .addColumn('warning_free_percent', 'integer', (column) => column.notNull())
      .addColumn('critical_free_bytes', 'integer', (column) => column.notNull())
      .addColumn('lock_proof_json', 'text', (column) => column.notNull())
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .execute()
    await schema
      .createTable('disks')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('storage_domain_id', 'text', (column) =>
        column.notNull().references('storage_domains.id').onDelete('cascade'),
      )
      .addColumn('file_name', 'text', (column) => column.notNull())
      .addColumn('alias', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('format', 'text', (column) => column.notNull())
      .addColumn('virtual_bytes', 'integer')
      .addColumn('shareable', 'integer', (column) => column.notNull())
      .addColumn('read_only', 'integer', (column) => column.notNull())
      .addColumn('discard', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addUniqueConstraint('disks_file', ['storage_domain_id', 'file_name'])
      .execute()
    await schema
      .createTable('engine')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .execute()
    await database.insertInto('engine').values({ id: randomUUID() }).execute()
  },
}
