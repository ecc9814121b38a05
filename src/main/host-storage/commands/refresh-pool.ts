import { AppError } from '../../../shared/errors/index.ts'
import { inspectNothing, type OperationHandler } from '../../engine/index.ts'
import { callStorage, namedOf, onPool, type PoolDependencies, STEP_TIMEOUT_MS } from '../pool-work.ts'

/** Has libvirt look again for what is in a pool: of files that others put there it hears nothing. */
export function createPoolRefresh(dependencies: PoolDependencies): OperationHandler<'host-pool.refresh'> {
  const { registry, readings } = dependencies
  const { subject, auditParams, refresh, decide, plan } = onPool(dependencies)
  return {
    name: 'host-pool.refresh',
    subject,
    auditParams,
    refresh,
    validate: (model, input) =>
      decide(model, input, ({ name, isActive }) =>
        isActive ? null : new AppError('host-pool.not-active', { name }, { subject: name }),
      ),
    plan: (model, input) => plan(model, input, { action: 'refresh', key: 'refreshing-pool' }),
    afterCrash: 'finish',
    steps: {
      refresh: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const link = registry.get(input.hostId)
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_POOL_REFRESH', { ...namedOf(pool), flags: 0 }, limits),
          )
          await readings.readChanged(link)
          return null
        },
        inspect: inspectNothing,
      },
    },
    output: () => ({}),
  }
}
