import type { VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log, StepContext } from '../engine/index.ts'
import type { MigrationSession } from './migration-session.ts'

const KEY = 'migration'

/** A migration as the engine that began it has it in its hands. Another engine has nothing of it but the record. */
export interface MigrationRun {
  readonly session: MigrationSession
  readonly startedMs: number
  /** Ends what shows it as under way, and the connections. Can be called again. */
  end(): Promise<void>
}

interface RunOptions {
  readonly session: MigrationSession
  readonly clock: Clock
  readonly log: Log
  readonly vmId: VmId
  readonly ends: readonly (() => void)[]
}

export function keepRun(memory: StepContext<'vm.migrate'>['memory'], options: RunOptions): MigrationRun {
  const { session, clock, log, vmId, ends } = options
  let ended = false
  const run: MigrationRun = {
    session,
    startedMs: clock.monotonicMs(),
    end: async () => {
      if (ended) return
      ended = true
      memory.delete(KEY)
      for (const end of ends) end()
      await session.close().catch((error: unknown) => {
        if (!isAppError(error)) throw error
        log.warn({ err: error, vmId }, 'a connection of a migration did not close')
      })
    },
  }
  memory.set(KEY, run)
  return run
}

export function runIn(memory: ReadonlyMap<string, unknown>): MigrationRun | null {
  return (memory.get(KEY) as MigrationRun | undefined) ?? null
}
