import type { Kysely } from 'kysely'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { auditEventSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction, parseJsonRows } from './rows.ts'

export interface AuditPage {
  readonly before: string
  /** The id of a host, VM or whatever else lines are about; null: of everything. */
  readonly objectId: string | null
  readonly limit: number
}

export interface AuditRepository {
  /** Adds the events in one transaction; durable when it resolves. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The newest `limit` events before the one of that id, newest first; of one object, or of a host with all that was on it. */
  fetchBefore(page: AuditPage): Promise<{
    readonly events: readonly AuditEvent[] /** Before which older ones lie. */
    readonly next: string | null
  }>
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
              host_id: event.hostId,
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
    fetchBefore: async ({ before, objectId, limit }) => {
      const older = database.selectFrom('audit').select(['id', 'event_json as json']).where('id', '<', Number(before))
      const newest = (query: typeof older) =>
        query
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute()
      if (objectId === null) return toPage(await newest(older), limit)
      // Each by its own index; `or` would read the whole trail.
      const rows = [
        ...(await newest(older.where('subject_id', '=', objectId))),
        ...(await newest(older.where('host_id', '=', objectId).where('subject_id', '!=', objectId))),
      ]
      return toPage(
        rows.sort((left, right) => right.id - left.id),
        limit,
      )
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

/** `rows` are more than `limit` where there are older ones; a row that cannot be read is passed over, but not those before it. */
function toPage(rows: readonly { readonly id: number; readonly json: string }[], limit: number) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? String(last.id) : null
  return { events: parseJsonRows(shown, auditEventSchema), next }
}
