import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { decidePoolUnused } from '../pool-rules.ts'
import { callStorage, inspectPool, namedOf, onPool, type PoolDependencies, STEP_TIMEOUT_MS } from '../pool-work.ts'

/** Stops a pool of a host: what libvirt mounted is unmounted, a volume group is no longer active. What is in it stays. */
export function createPoolStop(dependencies: PoolDependencies): OperationHandler<'host-pool.stop'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decide, plan } = onPool(dependencies)
  return {
    name: 'host-pool.stop',
    subject,
    auditParams: (input) => ({ object: nameOf(input), evenIfUsed: input.evenIfUsed }),
    refresh,
    validate: (model, input) =>
      decide(model, input, (pool) => {
        const { name } = pool
        if (!pool.isActive) return new AppError('host-pool.not-active', { name }, { subject: name })
        // It would be gone, not stopped.
        if (!pool.isPersistent) return new AppError('host-pool.transient', { name }, { subject: name })
        return input.evenIfUsed ? null : decidePoolUnused(model, input.hostId, pool, { isRunningOnly: true })
      }),
    plan: (model, input) => plan(model, input, { action: 'stop', key: 'stopping-pool' }),
    afterCrash: 'finish',
    steps: {
      stop: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const link = registry.get(input.hostId)
          await callStorage(link, pool, (driver, limits) => driver.call('STORAGE_POOL_DESTROY', namedOf(pool), limits))
          await readings.readChanged(link)
          return null
        },
        inspect: ({ input }) => inspectPool(dependencies, input, (pool) => pool?.isActive !== true),
      },
    },
    output: () => ({}),
  }
}
