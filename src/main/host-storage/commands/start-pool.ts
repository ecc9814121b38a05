import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { callStorage, inspectPool, namedOf, onPool, type PoolDependencies, STEP_TIMEOUT_MS } from '../pool-work.ts'

/** Starts a pool of a host. */
export function createPoolStart(dependencies: PoolDependencies): OperationHandler<'host-pool.start'> {
  const { registry, readings } = dependencies
  const { subject, auditParams, refresh, decide, plan } = onPool(dependencies)
  return {
    name: 'host-pool.start',
    subject,
    auditParams,
    refresh,
    validate: (model, input) =>
      decide(model, input, ({ name, isActive }) =>
        isActive ? new AppError('host-pool.already-active', { name }, { subject: name }) : null,
      ),
    plan: (model, input) => plan(model, input, { action: 'start', key: 'starting-pool' }),
    afterCrash: 'finish',
    steps: {
      start: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const link = registry.get(input.hostId)
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_POOL_CREATE', { ...namedOf(pool), flags: 0 }, limits),
          )
          await readings.readChanged(link)
          return null
        },
        inspect: ({ input }) => inspectPool(dependencies, input, (pool) => pool?.isActive === true),
      },
    },
    output: () => ({}),
  }
}
