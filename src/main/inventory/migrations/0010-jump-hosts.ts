import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Hosts on the way that a person has given for one host, beside those of the ssh_config. */
export const jumpHosts: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema.alterTable('hosts').addColumn('jump_host', 'text').execute()
  },
}
