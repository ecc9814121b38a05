import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Beside a definition as it is on its host: the version that was known before somebody else changed it. */
export const definitionDrift: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const [name, type] of [
      ['known_xml', 'text'],
      ['known_at', 'integer'],
      ['noticed_at', 'integer'],
      ['changes_json', 'text'],
    ] as const) {
      await database.schema.alterTable('vm_definitions').addColumn(name, type).execute()
    }
    await sql`create index vm_definitions_drifted on vm_definitions (noticed_at) where noticed_at is not null`.execute(
      database,
    )
  },
}
