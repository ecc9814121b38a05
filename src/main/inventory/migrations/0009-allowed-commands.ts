import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Commands of the ssh_config that a person has allowed to be run, by the SHA-256 of their text. */
export const allowedCommands: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable('allowed_commands')
      .addColumn('digest', 'text', (column) => column.primaryKey())
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('at', 'integer', (column) => column.notNull())
      .execute()
  },
}
