import { isAppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { decidePoolUnused } from '../pool-rules.ts'
import { callStorage, inspectPool, namedOf, onPool, type PoolDependencies, STEP_TIMEOUT_MS } from '../pool-work.ts'

/** Stops and forgets a pool of a host; what is in it stays. One that cannot be forgotten after it was stopped runs again. */
export function createPoolRemove(dependencies: PoolDependencies): OperationHandler<'host-pool.remove'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decide, plan } = onPool(dependencies)
  return {
    name: 'host-pool.remove',
    subject,
    auditParams: (input) => ({ object: nameOf(input), evenIfUsed: input.evenIfUsed }),
    refresh,
    validate: (model, input) =>
      decide(model, input, (pool) =>
        input.evenIfUsed ? null : decidePoolUnused(model, input.hostId, pool, { isRunningOnly: false }),
      ),
    plan: (model, input) => plan(model, input, { action: 'remove', key: 'removing-pool' }),
    afterCrash: 'finish',
    steps: {
      remove: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const link = registry.get(input.hostId)
          if (pool.isActive) {
            await callStorage(link, pool, (driver, limits) =>
              driver.call('STORAGE_POOL_DESTROY', namedOf(pool), limits),
            )
          }
          if (pool.isPersistent) {
            try {
              await callStorage(link, pool, (driver, limits) =>
                driver.call('STORAGE_POOL_UNDEFINE', namedOf(pool), limits),
              )
            } catch (error) {
              if (pool.isActive) await startAgain()
              throw error
            }
          }
          await readings.readChanged(link)
          return null

          async function startAgain(): Promise<void> {
            try {
              await callStorage(link, pool, (driver, limits) =>
                driver.call('STORAGE_POOL_CREATE', { ...namedOf(pool), flags: 0 }, limits),
              )
            } catch (error) {
              // What kept it from being forgotten is what is told.
              if (!isAppError(error)) throw error
            }
          }
        },
        inspect: ({ input }) => inspectPool(dependencies, input, (pool) => pool === null),
      },
    },
    output: () => ({}),
  }
}
