import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface Before {
  tasks: { id: string; status: string; queued_at: number; task_json: string }
  operations: {
    id: string
    parent_id: string | null
    position: number
    command: string
    status: string
    queued_at: number
    record_json: string
  }
}

/**
 * Operations in place of tasks: what is needed to finish or undo them, not only what is shown of them. Ended tasks stay in the
 * history. One that had not ended has no plan to go on by: it is kept as given up.
 */
export const operations: Migration = {
  up: async (unknown: Kysely<unknown>) => {
    const database = unknown as Kysely<Before>
    const { schema } = database
    await schema
      .createTable('operations')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('parent_id', 'text', (column) => column.references('operations.id').onDelete('cascade'))
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('command', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('queued_at', 'integer', (column) => column.notNull())
      .addColumn('record_json', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('operations_by_time').on('operations').column('queued_at').execute()
    await schema.createIndex('operations_by_parent').on('operations').column('parent_id').execute()
    for (const row of await database.selectFrom('tasks').selectAll().execute()) {
      const record = fromTask(row.task_json)
      if (record === null) continue
      await database
        .insertInto('operations')
        .values({
          id: row.id,
          parent_id: null,
          position: 0,
          command: record.command,
          status: record.status,
          queued_at: row.queued_at,
          record_json: JSON.stringify(record),
        })
        .execute()
    }
    await schema.dropTable('tasks').execute()
  },
}

const ENDED = ['succeeded', 'failed', 'cancelled']

/** Null for what cannot be read: it was not shown before either. */
function fromTask(
  json: string,
): (Record<string, unknown> & { readonly command: string; readonly status: string }) | null {
  let task: Record<string, unknown>
  try {
    task = JSON.parse(json) as Record<string, unknown>
  } catch {
    return null
  }
  const { id, command, subject, status, user, queuedAt, startedAt, finishedAt, error, cancelRequested } = task
  if (typeof command !== 'string' || typeof status !== 'string') return null
  return {
    ...{ id, subject, user, queuedAt, startedAt, error, cancelRequested },
    parentId: null,
    position: 0,
    command,
    inputVersion: 0,
    input: null,
    secrets: [],
    ids: {},
    correlationId: '',
    plan: { steps: [], locks: [], touches: [] },
    steps: [],
    direction: 'forward',
    resumed: false,
    status: ENDED.includes(status) ? status : 'abandoned',
    finishedAt: finishedAt ?? queuedAt,
    rowCount: 0,
  }
}
