import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Hosts, last known VM definitions, tasks, audit, settings, secrets. */
export const initial: Migration = {
  up: async (database: Kysely<unknown>) => {
    const { schema } = database
    await schema
      .createTable('hosts')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('transport', 'text', (column) => column.notNull())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('port', 'integer')
      .addColumn('user', 'text')
      .addColumn('authentication', 'text', (column) => column.notNull())
      .addColumn('private_key_path', 'text')
      .addColumn('libvirt_mode', 'text', (column) => column.notNull())
      .addColumn('added_at', 'integer', (column) => column.notNull())
      .addColumn('machine_uuid', 'text')
      .execute()
    await schema
      .createTable('vm_definitions')
      .addColumn('host_id', 'text', (column) => column.notNull().references('hosts.id').onDelete('cascade'))
      .addColumn('vm_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('xml', 'text', (column) => column.notNull())
      .addColumn('read_at', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('vm_definitions_key', ['host_id', 'vm_id'])
      .execute()
    await schema.createIndex('vm_definitions_by_vm').on('vm_definitions').column('vm_id').execute()
    await schema
      .createTable('tasks')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('queued_at', 'integer', (column) => column.notNull())
      .addColumn('task_json', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('tasks_by_time').on('tasks').column('queued_at').execute()
    await schema
      .createTable('audit')
      .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject_id', 'text', (column) => column.notNull())
      .addColumn('event_json', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('audit_by_time').on('audit').column('at').execute()
    await schema
      .createTable('settings')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('value_json', 'text', (column) => column.notNull())
      .execute()
    await schema
      .createTable('secrets')
      .addColumn('key', 'text', (column) => column.primaryKey().notNull())
      .addColumn('ciphertext', 'blob', (column) => column.notNull())
      .execute()
  },
}
