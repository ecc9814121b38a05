import type { Kysely } from 'kysely'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { auditEventSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction } from './in-transaction.ts'
import { parseJsonRows } from './parse-json-rows.ts'

export interface AuditRepository {
  /** Adds the events in one transaction; durable when it resolves. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The greatest id there is, also of a line that cannot be read any more; "0" when there is none. */
  fetchLastId(): Promise<string>
  /**
   * Forgets what came before the first event that is stamped between `before` and `now` (milliseconds since the epoch), by the
   * order of ids: a stamp from the future keeps nothing for ever. Without such an event, what is stamped earlier than `before`.
   */
  prune(limits: { readonly before: number; readonly now: number }): Promise<void>
}

export function createAuditRepository(database: Kysely<Tables>): AuditRepository {
  return {
    append: async (events) => {
      await inTransaction(database, async (transaction) => {
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
    prune: async ({ before, now }) => {
      const first = await database
        .selectFrom('audit')
        .select((select) => select.fn.min('id').as('id'))
        .where('at', '>=', before)
        .where('at', '<=', now)
        .executeTakeFirst()
      const old = database.deleteFrom('audit')
      await (first?.id == null ? old.where('at', '<', before) : old.where('id', '<', first.id)).execute()
    },
  }
}
