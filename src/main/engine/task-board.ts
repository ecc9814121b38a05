import { randomUUID } from 'node:crypto'
import type { Subject, Task, TaskId } from '../../shared/domain/index.ts'
import { taskIdSchema } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { CommandHandlers, StepSpec } from './command-handler.ts'
import type { LiveTopics } from './live-topics.ts'
import type { Log } from './log.ts'
import { RunningTask } from './running-task.ts'
import type { TaskStore } from './stores.ts'

/** How many finished tasks the topic and the table keep. */
export const FINISHED_TASKS_KEPT = 200

export interface TaskRequest {
  readonly command: string
  readonly subject: Subject
  readonly user: string
  readonly steps: readonly StepSpec[]
  /** Called when the task is to stop, with the reason. */
  readonly abort: (reason: AppError) => void
}

export type Reconciler = (task: Task) => 'succeeded' | 'failed' | null

export interface TaskBoard {
  /** Lists a task as queued. Rejects with the store's error when it could not be stored. */
  queue(request: TaskRequest): Promise<RunningTask>
  /** Throws `task.not-found`, `task.finished`, `task.not-cancellable`. */
  cancel(taskId: string): void
  /** Takes a task that has ended off the running ones. */
  settle(task: RunningTask): void
  /** Asks about every task whose outcome is unknown; `null` leaves it so. */
  reconcile(ask: Reconciler): Promise<void>
  readonly unknownCount: number
  readonly running: ReadonlySet<RunningTask>
}

export interface TaskBoardOptions {
  readonly topics: LiveTopics
  readonly store: TaskStore
  readonly audit: AuditTrail
  readonly clock: Clock
  readonly log: Log
}

/**
 * Reads the tasks into their topic. One that was queued when the engine stopped never ran and is cancelled; one that was
 * running becomes `unknown`, with a line in the trail. Errors: those of the store.
 */
export async function openTaskBoard({ topics, store, audit, clock, log }: TaskBoardOptions): Promise<TaskBoard> {
  const tasks = topics.collection('tasks')
  const running = new Set<RunningTask>()
  const unknown = new Map<TaskId, Task>()
  const finished: TaskId[] = []
  const onSaveFailed = (error: unknown) => log.error({ err: error }, 'a task could not be stored')

  function keep(task: Task): void {
    finished.push(task.id)
    if (task.status === 'unknown') unknown.set(task.id, task)
    while (finished.length > FINISHED_TASKS_KEPT) {
      const id = finished.shift()
      if (id === undefined) break
      unknown.delete(id)
      tasks.remove(id)
    }
  }

  async function publishEnded(task: Task): Promise<void> {
    tasks.upsert(task)
    await store.save(task)
  }

  const stored = await store.fetchLatest(FINISHED_TASKS_KEPT)
  for (const task of [...stored].reverse()) {
    const ended = decideAfterRestart(task, clock.now())
    if (ended.status !== task.status) await store.save(ended)
    if (ended.status === 'unknown' && task.status !== 'unknown') {
      audit.record({
        kind: 'task.left-unknown',
        severity: 'warning',
        subject: task.subject,
        user: task.user,
        command: task.command,
      })
    }
    tasks.upsert(ended)
    keep(ended)
  }
  await store.prune(FINISHED_TASKS_KEPT)

  return {
    running,
    get unknownCount() {
      return unknown.size
    },
    queue: async ({ command, subject, user, steps, abort }) => {
      const task: Task = {
        id: taskIdSchema.parse(randomUUID()),
        command,
        subject,
        status: 'queued',
        progress: null,
        step: null,
        cancellable: true,
        cancelRequested: false,
        user,
        queuedAt: clock.now(),
        startedAt: null,
        finishedAt: null,
        error: null,
      }
      const owner = {
        now: () => clock.now(),
        monotonicMs: () => clock.monotonicMs(),
        publish: (changed: Task) => tasks.upsert(changed),
        save: (changed: Task) => store.save(changed),
        onSaveFailed,
      }
      const created = new RunningTask(task, steps, owner, abort)
      await created.queue()
      running.add(created)
      return created
    },
    cancel: (taskId) => {
      for (const task of running) {
        if (task.task.id === taskId) return task.cancel()
      }
      const task = topics.model().tasks.get(taskId as TaskId)
      if (task === undefined) throw new AppError('task.not-found', { taskId })
      throw new AppError('task.finished', { taskId, status: task.status })
    },
    settle: (task) => {
      if (!running.delete(task)) return
      keep(task.task)
      if (finished.length >= FINISHED_TASKS_KEPT) store.prune(FINISHED_TASKS_KEPT).catch(onSaveFailed)
    },
    reconcile: async (ask) => {
      for (const task of [...unknown.values()]) {
        const status = ask(task)
        if (status === null || !unknown.delete(task.id)) continue
        const error = status === 'failed' ? task.error : null
        const settled: Task = { ...task, status, error, progress: status === 'succeeded' ? 1 : task.progress }
        await publishEnded(settled).catch(onSaveFailed)
        log.info({ taskId: task.id, command: task.command, status }, 'a task of unknown outcome was settled')
      }
    },
  }
}

/** What a stored task is after the engine came back: only the hosts know what became of one that ran. */
export function decideAfterRestart(task: Task, now: number): Task {
  if (task.status === 'running') return { ...task, status: 'unknown', finishedAt: now, cancellable: false }
  if (task.status === 'queued') return { ...task, status: 'cancelled', finishedAt: now, cancellable: false }
  return task
}

/** The handler of `task.cancel`. */
export function createTaskHandlers(board: TaskBoard): Pick<CommandHandlers, 'task.cancel'> {
  return {
    'task.cancel': {
      name: 'task.cancel',
      subject: (model, { taskId }) => ({ kind: 'task', id: taskId, name: model.tasks.get(taskId)?.command ?? taskId }),
      validate: (model, { taskId }) => {
        const task = model.tasks.get(taskId)
        if (task === undefined) return new AppError('task.not-found', { taskId })
        if (task.finishedAt !== null) return new AppError('task.finished', { taskId, status: task.status })
        if (!task.cancellable) return new AppError('task.not-cancellable', { taskId, step: task.step?.key ?? '' })
        return null
      },
      execute: async ({ input }) => {
        board.cancel(input.taskId)
        return {}
      },
    },
  }
}
