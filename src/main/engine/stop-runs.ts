import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { CommandRun } from './command-run.ts'
import type { Log } from './log.ts'
import type { TaskBoard } from './task-board.ts'

/** How long aborted commands get to end before they are left behind. */
const ABORT_WAIT_MS = 2_000

export interface StopRunsOptions {
  readonly tasks: TaskBoard
  readonly audit: AuditTrail
  readonly clock: Clock
  readonly log: Log
  readonly graceMs: number
}

/** Ends all commands under way: asks, waits, aborts, and marks as unknown what does not end. */
export async function stopRuns(
  runs: ReadonlyMap<CommandRun, Promise<unknown>>,
  options: StopRunsOptions,
): Promise<void> {
  const { tasks, audit, clock, log, graceMs } = options
  for (const running of [...tasks.running]) {
    try {
      running.cancel()
    } catch (error) {
      if (!isAppError(error, 'task.not-cancellable')) throw error
      log.info(
        { taskId: running.task.id, command: running.task.command },
        'waiting for a task that cannot be cancelled',
      )
    }
  }
  if (await waitFor(runs, clock, graceMs)) return
  const reason = new AppError('engine.stopping', {}, { retry: 'after-refresh' })
  for (const run of runs.keys()) run.abort(reason)
  if (await waitFor(runs, clock, ABORT_WAIT_MS)) return
  for (const running of [...tasks.running]) {
    // It may have ended by itself while another one was stored.
    if (!tasks.running.has(running)) continue
    await running.finish('unknown', toWireError(reason))
    tasks.settle(running)
    const { subject, user, command } = running.task
    audit.record({ kind: 'task.left-unknown', severity: 'warning', subject, user, command })
  }
}

/** True when all ended in time. */
async function waitFor(
  runs: ReadonlyMap<unknown, Promise<unknown>>,
  clock: Clock,
  timeoutMs: number,
): Promise<boolean> {
  let cancelTimer: () => void = () => undefined
  const timeout = new Promise<'timeout'>((resolve) => {
    cancelTimer = clock.after(timeoutMs, () => resolve('timeout'))
  })
  try {
    while (runs.size > 0) {
      if ((await Promise.race([Promise.all(runs.values()), timeout])) === 'timeout') return false
    }
    return true
  } finally {
    cancelTimer()
  }
}
