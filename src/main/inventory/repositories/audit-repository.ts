import type { Kysely } from 'kysely'
import type { AuditEvent } from '../../../shared/domain/index.ts'
import { auditEventSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction, parseJsonRows } from './rows.ts'

export interface AuditPage {
  readonly before: string
  /** The ids of hosts, VMs or whatever else lines are about; null: of everything. */
  readonly objectIds: readonly string[] | null
  readonly limit: number
}

export interface AuditRepository {
  /** Adds the events in one transaction; durable when it resolves. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** The newest `limit` events, newest first. */
  fetchLatest(limit: number): Promise<readonly AuditEvent[]>
  /** The newest `limit` events before the one of that id, newest first; of these objects, of hosts with all that was on them. */
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
    fetchBefore: async ({ before, objectIds, limit }) => {
      const newest = () =>
        database
          .selectFrom('audit')
          .where('id', '<', Number(before))
          .orderBy('id', 'desc')
          .limit(limit + 1)
      if (objectIds === null) return toPage(await newest().select(['id', 'event_json as json']).execute(), limit)
      // Each by its own index, which has all that is asked for; `or` would read the whole trail.
      const ids = new Set<number>()
      for (const objectId of objectIds) {
        for (const column of ['subject_id', 'host_id'] as const) {
          for (const { id } of await newest().select('id').where(column, '=', objectId).execute()) ids.add(id)
        }
      }
      const first = [...ids].sort((left, right) => right - left).slice(0, limit + 1)
      const rows = database.selectFrom('audit').select(['id', 'event_json as json']).where('id', 'in', first)
      return toPage(first.length === 0 ? [] : await rows.orderBy('id', 'desc').execute(), limit)
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
