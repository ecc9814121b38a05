import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What was changed by whom, so that who edits something that has changed meanwhile can be told. */
export const edits: Migration = {
  up: async (database: Kysely<unknown>) => {
    const { schema } = database
    await schema
      .alterTable('hosts')
      .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(1))
      .execute()
    await schema
      .createTable('edits')
      .addColumn('entity_id', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('fields_json', 'text', (column) => column.notNull())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('edits_key', ['entity_id', 'revision'])
      .execute()
  },
}
