import type { Log } from '../engine/index.ts'

/**
 * The last net under bugs: a promise that nobody waited for is logged, and the engine goes on, as what failed was one piece of
 * background work. An exception that nobody caught is logged too and still ends the process (Node's default), for then nobody knows what was
 * left half done. Returns how to take the net away.
 */
export function guardProcess(log: Pick<Log, 'error'>): () => void {
  const onRejection = (reason: unknown) => log.error({ err: reason }, 'a failure that nobody waited for: a bug')
  const onException = (error: unknown) =>
    log.error({ err: error }, 'an exception that nobody caught: this process ends')
  process.on('unhandledRejection', onRejection)
  process.on('uncaughtExceptionMonitor', onException)
  return () => {
    process.off('unhandledRejection', onRejection)
    process.off('uncaughtExceptionMonitor', onException)
  }
}
