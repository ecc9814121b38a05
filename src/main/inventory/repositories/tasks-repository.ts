import { type Kysely, sql } from 'kysely'
import type { Task } from '../../../shared/domain/index.ts'
import { taskSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJsonRows } from './parse-json-rows.ts'

/** What has not finished, and must be seen again after a restart whatever its age. */
const OPEN = ['queued', 'running']

/** The order in which tasks came: what the clock showed then may be wrong. */
const arrival = sql`rowid`

export interface TasksRepository {
  /** Adds or replaces by id; durable when it resolves. */
  save(task: Task): Promise<void>
  /** The newest `limit` tasks by the order in which they came, newest first, and all that have not finished. */
  fetchLatest(limit: number): Promise<readonly Task[]>
  /** Forgets all finished tasks but the newest `keep`. */
  prune(keep: number): Promise<void>
}

export function createTasksRepository(database: Kysely<Tables>): TasksRepository {
  return {
    save: async (task) => {
      const changes = { status: task.status, task_json: JSON.stringify(task) }
      await database
        .insertInto('tasks')
        .values({ id: task.id, queued_at: task.queuedAt, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    fetchLatest: async (limit) => {
      const newest = database.selectFrom('tasks').select('id').orderBy(arrival, 'desc').limit(limit)
      const rows = await database
        .selectFrom('tasks')
        .select('task_json as json')
        .where((where) => where.or([where('status', 'in', OPEN), where('id', 'in', newest)]))
        .orderBy(arrival, 'desc')
        .execute()
      return parseJsonRows(rows, taskSchema)
    },
    prune: async (keep) => {
      const finished = database.selectFrom('tasks').select('id').where('status', 'not in', OPEN)
      await database
        .deleteFrom('tasks')
        .where('status', 'not in', OPEN)
        .where('id', 'not in', finished.orderBy(arrival, 'desc').limit(keep))
        .execute()
    },
  }
}
