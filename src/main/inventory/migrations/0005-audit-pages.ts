import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Lets the trail be read page by page: of one object, or of a host with all that was on it. */
export const auditPages: Migration = {
  up: async (database: Kysely<unknown>) => {
    const { schema } = database
    await schema.alterTable('audit').addColumn('host_id', 'text').execute()
    await schema.createIndex('audit_by_subject').on('audit').columns(['subject_id', 'id']).execute()
    await schema.createIndex('audit_by_host').on('audit').columns(['host_id', 'id']).execute()
  },
}
