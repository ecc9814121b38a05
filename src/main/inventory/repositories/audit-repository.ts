import type { Kysely } from 'kysely'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { auditEventSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJsonRows } from './parse-json-rows.ts'

export interface AuditRepository {
  /** Adds the events in one transaction; durable when it resolves. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The greatest id there is, also of a line that cannot be read any more; "0" when there is none. */
  fetchLastId(): Promise<string>
  /** Forgets events older than `at` (milliseconds since the epoch). */
  pruneBefore(at: number): Promise<void>
}

export function createAuditRepository(database: Kysely<Tables>): AuditRepository {
  return {
    append: async (events) => {
      await database.transaction().execute(async (transaction) => {
        for (const event of events) {
          await transaction
            .insertInto('audit')
            .values({
              id: Number(event.id),
              at: event.at,
              kind: event.kind,
              subject_id: event.subject.id,
              event_json: JSON.stringify(event),
            })
            .execute()
        }
      })
    },
    fetchLatest: async (limit) => {
      const query = database.selectFrom('audit').select('event_json as json').orderBy('id', 'desc').limit(limit)
      return parseJsonRows(await query.execute(), auditEventSchema)
    },
    fetchLastId: async () => {
      const query = database.selectFrom('audit').select((select) => select.fn.max('id').as('id'))
      return String((await query.executeTakeFirst())?.id ?? 0)
    },
    pruneBefore: async (at) => {
      await database.deleteFrom('audit').where('at', '<', at).execute()
    },
  }
}
