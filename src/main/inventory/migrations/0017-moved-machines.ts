import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Which machines the maintenance of a host moved away, so that they can be brought back. */
export const movedMachines: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema.alterTable('host_wishes').addColumn('maintenance_vm_ids_json', 'text').execute()
  },
}
