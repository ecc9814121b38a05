import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

/** One change of something that people edit. `revision`: what it became by it. */
export interface EditRecord {
  readonly entityId: string
  readonly revision: number
  /** Names of the fields that changed; never their values. */
  readonly fields: readonly string[]
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Edits kept of each thing: nobody's draft is older than that many changes. */
const EDITS_KEPT = 50

export interface EditsRepository {
  add(edit: EditRecord): Promise<void>
  /** What changed after `revision`, oldest first. */
  fetchSince(entityId: string, revision: number): Promise<readonly EditRecord[]>
  /** Forgets all edits of a thing. */
  removeAll(entityId: string): Promise<void>
}

export function createEditsRepository(database: Kysely<Tables>): EditsRepository {
  return {
    add: async ({ entityId, revision, fields, user, at }) => {
      await database
        .insertInto('edits')
        .values({ entity_id: entityId, revision, fields_json: JSON.stringify(fields), user, at })
        .execute()
      await database
        .deleteFrom('edits')
        .where('entity_id', '=', entityId)
        .where('revision', '<=', revision - EDITS_KEPT)
        .execute()
    },
    fetchSince: async (entityId, revision) => {
      const query = database.selectFrom('edits').selectAll().where('entity_id', '=', entityId)
      const rows = await query.where('revision', '>', revision).orderBy('revision').execute()
      return rows.map((row) => {
        const fields = parseJson(row.fields_json)
        return {
          entityId,
          revision: row.revision,
          fields: Array.isArray(fields) ? fields.map(String) : [],
          user: row.user,
          at: row.at,
        }
      })
    },
    removeAll: async (entityId) => {
      await database.deleteFrom('edits').where('entity_id', '=', entityId).execute()
    },
  }
}
