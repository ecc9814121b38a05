import type { Log } from '../engine/index.ts'

/**
 * The last net under bugs: a promise that nobody waited for is logged, and the engine goes on, as what failed was one piece of
 * background work. An exception that nobody caught still ends the process (Node's default), for then nobody knows what was left
 * half done. Returns how to take the net away.
 */
export function guardProcess(log: Pick<Log, 'error'>): () => void {
  const onRejection = (reason: unknown) => log.error({ err: reason }, 'a failure that nobody waited for: a bug')
  process.on('unhandledRejection', onRejection)
  return () => process.off('unhandledRejection', onRejection)
}
