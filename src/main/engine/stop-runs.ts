import { AppError } from '../../shared/errors/index.ts'
import type { Operations } from './operations/operations.ts'
import type { Clock, Log } from './ports.ts'

/** How long aborted commands get to end before they are left behind. */
const ABORT_WAIT_MS = 2_000

export interface StopRunsOptions {
  readonly operations: Operations
  readonly clock: Clock
  readonly log: Log
  readonly graceMs: number
}

/**
 * Ends all commands under way: no further step begins, those at work get their time, then they are told to end. What still
 * does not end is on record as begun: the next engine looks at it.
 */
export async function stopRuns(
  running: ReadonlyMap<AbortController, Promise<unknown>>,
  { operations, clock, log, graceMs }: StopRunsOptions,
): Promise<void> {
  const reason = new AppError('engine.stopping', {}, { retry: 'after-refresh' })
  operations.stop(reason, false)
  const all = () => Promise.all([...running.values(), operations.whenIdle()])
  if (await endsWithin(all(), clock, graceMs)) return
  operations.stop(reason, true)
  for (const controller of running.keys()) controller.abort(reason)
  if (await endsWithin(all(), clock, ABORT_WAIT_MS)) return
  const names = operations.underWay.map(({ task }) => task.command)
  log.warn({ operations: names }, 'the engine stops while commands are at work')
}

/** True when it ended in time. */
async function endsWithin(work: Promise<unknown>, clock: Clock, timeoutMs: number): Promise<boolean> {
  let cancelTimer: () => void = () => undefined
  const timeout = new Promise<'timeout'>((resolve) => {
    cancelTimer = clock.after(timeoutMs, () => resolve('timeout'))
  })
  try {
    return (await Promise.race([work, timeout])) !== 'timeout'
  } finally {
    cancelTimer()
  }
}
