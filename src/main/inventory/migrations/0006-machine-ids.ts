import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which machine a host is by its /etc/machine-id, as a digest; null for hosts that were added before. */
export const machineIds: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema.alterTable('hosts').addColumn('machine_id_digest', 'text').execute()
  },
}
