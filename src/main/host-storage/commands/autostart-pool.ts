import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { callStorage, inspectPool, namedOf, onPool, type PoolDependencies, STEP_TIMEOUT_MS } from '../pool-work.ts'

/** Sets whether a pool starts with its host. libvirt has no event for this. */
export function createPoolAutostart(dependencies: PoolDependencies): OperationHandler<'host-pool.autostart'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decide, plan } = onPool(dependencies)
  return {
    name: 'host-pool.autostart',
    subject,
    auditParams: (input) => ({ object: nameOf(input), enabled: input.enabled }),
    refresh,
    validate: (model, input) =>
      decide(model, input, ({ name, isPersistent }) =>
        isPersistent ? null : new AppError('host-pool.transient', { name }, { subject: name }),
      ),
    plan: (model, input) => plan(model, input, { action: 'set', key: 'setting-pool-autostart' }),
    afterCrash: 'finish',
    steps: {
      set: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const link = registry.get(input.hostId)
          const request = { ...namedOf(pool), autostart: input.enabled ? 1 : 0 }
          await callStorage(link, pool, (driver, limits) => driver.call('STORAGE_POOL_SET_AUTOSTART', request, limits))
          await readings.readChanged(link)
          return null
        },
        inspect: ({ input }) => inspectPool(dependencies, input, (pool) => pool?.autostart === input.enabled),
      },
    },
    output: () => ({}),
  }
}
