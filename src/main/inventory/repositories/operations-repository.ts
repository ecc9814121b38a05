import { type Kysely, sql } from 'kysely'
import type { OperationRecord, TaskId } from '../../../shared/domain/index.ts'
import { OPEN_STATUSES, operationRecordSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction, parseJson, parseJsonRows } from './rows.ts'

/** The order in which they came: what the clock showed then may be wrong. */
const arrival = sql`rowid`

/** An open operation whose stored form does not fit: an older or newer program wrote it, or it is damaged. */
export interface UnreadableOperation {
  readonly id: TaskId
  readonly command: string
  readonly queuedAt: number
}

export interface OperationsRepository {
  /** Adds or replaces by id, all in one transaction; durable when it resolves. */
  save(records: readonly OperationRecord[]): Promise<void>
  /** All that are open, whatever their age, batches with all of their rows, oldest first; and what cannot be read of them. */
  fetchOpen(): Promise<{
    readonly records: readonly OperationRecord[]
    readonly unreadable: readonly UnreadableOperation[]
  }>
  /** The newest `limit` that have ended, newest first; rows of batches left out, and what cannot be read. */
  fetchEnded(limit: number): Promise<readonly OperationRecord[]>
  /** The rows of a batch, in their order. */
  fetchRows(parentId: string): Promise<readonly OperationRecord[]>
  /** Those of these commands, rows too, that succeeded in asking a guest, which has not done it as far as is known. Oldest first. */
  fetchUnanswered(commands: readonly string[]): Promise<readonly OperationRecord[]>
  /** Forgets all that have ended but the newest `keep`, with their rows. */
  prune(keep: number): Promise<void>
  /** Marks one that cannot be read as given up. */
  giveUp(id: string): Promise<void>
}

export function createOperationsRepository(database: Kysely<Tables>): OperationsRepository {
  return {
    save: async (records) => {
      await inTransaction(database, async (transaction) => {
        for (const record of records) {
          const { id, parentId, position, command, status, queuedAt } = record
          const changes = { status, record_json: JSON.stringify(record) }
          await transaction
            .insertInto('operations')
            .values({ id, parent_id: parentId, position, command, queued_at: queuedAt, ...changes })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
            .execute()
        }
      })
    },
    fetchOpen: async () => {
      const open = database
        .selectFrom('operations')
        .select('id')
        .where('parent_id', 'is', null)
        .where('status', 'in', OPEN_STATUSES)
      const rows = await database
        .selectFrom('operations')
        .select(['id', 'command', 'queued_at', 'record_json'])
        .where((where) => where.or([where('id', 'in', open), where('parent_id', 'in', open)]))
        .orderBy(arrival)
        .execute()
      const records: OperationRecord[] = []
      const unreadable: UnreadableOperation[] = []
      for (const row of rows) {
        const parsed = operationRecordSchema.safeParse(parseJson(row.record_json))
        if (parsed.success) records.push(parsed.data)
        else unreadable.push({ id: row.id as TaskId, command: row.command, queuedAt: row.queued_at })
      }
      return { records, unreadable }
    },
    fetchEnded: async (limit) => {
      const rows = await database
        .selectFrom('operations')
        .select('record_json as json')
        .where('parent_id', 'is', null)
        .where('status', 'not in', OPEN_STATUSES)
        .orderBy(arrival, 'desc')
        .limit(limit)
        .execute()
      return parseJsonRows(rows, operationRecordSchema)
    },
    fetchRows: async (parentId) => {
      const rows = await database
        .selectFrom('operations')
        .select('record_json as json')
        .where('parent_id', '=', parentId)
        .orderBy('position')
        .execute()
      return parseJsonRows(rows, operationRecordSchema)
    },
    fetchUnanswered: async (commands) => {
      const outcome = sql<string | null>`json_extract(record_json, '$.answer.outcome')`
      const rows = await database
        .selectFrom('operations')
        .select('record_json as json')
        .where('command', 'in', commands)
        .where('status', '=', 'succeeded')
        // Of a batch, its rows count.
        .where(sql<number>`json_extract(record_json, '$.rowCount')`, '=', 0)
        .where((where) => where.or([where(outcome, 'is', null), where(outcome, '=', 'unanswered')]))
        .orderBy(arrival)
        .execute()
      return parseJsonRows(rows, operationRecordSchema)
    },
    prune: async (keep) => {
      const ended = database
        .selectFrom('operations')
        .select('id')
        .where('parent_id', 'is', null)
        .where('status', 'not in', OPEN_STATUSES)
      await database
        .deleteFrom('operations')
        .where('parent_id', 'is', null)
        .where('status', 'not in', OPEN_STATUSES)
        .where('id', 'not in', ended.orderBy(arrival, 'desc').limit(keep))
        .execute()
    },
    giveUp: async (id) => {
      await database.updateTable('operations').set({ status: 'abandoned' }).where('id', '=', id).execute()
    },
  }
}
