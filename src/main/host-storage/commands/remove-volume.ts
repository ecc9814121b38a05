import type { OperationHandler } from '../../engine/index.ts'
import { decideVolumeRemove } from '../pool-rules.ts'
import {
  callStorage,
  inspectPool,
  lookUpVolume,
  onPool,
  type PoolDependencies,
  planOnHost,
  STEP_TIMEOUT_MS,
} from '../pool-work.ts'

/** Deletes a volume of a host's pool. */
export function createVolumeRemove(dependencies: PoolDependencies): OperationHandler<'host-volume.remove'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decide } = onPool(dependencies)
  return {
    name: 'host-volume.remove',
    subject,
    auditParams: (input) => ({ object: `${nameOf(input)}/${input.name}` }),
    refresh,
    validate: (model, input) =>
      decide(model, input, (pool) => decideVolumeRemove(model, input.hostId, pool, input.name)),
    plan: (model, input) =>
      planOnHost(model, input.hostId, { pool: nameOf(input), volume: input.name }, [
        { action: 'remove', key: 'removing-volume' },
      ]),
    afterCrash: 'finish',
    steps: {
      remove: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, model }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const refusal = decideVolumeRemove(model(), input.hostId, pool, input.name)
          if (refusal !== null) throw refusal
          const link = registry.get(input.hostId)
          const vol = await lookUpVolume(link, pool, input.name)
          await callStorage(
            link,
            pool,
            (driver, limits) => driver.call('STORAGE_VOL_DELETE', { vol, flags: 0 }, limits),
            input.name,
          )
          await readings.readChanged(link)
          return null
        },
        inspect: ({ input }) =>
          inspectPool(
            dependencies,
            input,
            (pool) => pool === null || !pool.volumes.some(({ name }) => name === input.name),
          ),
      },
    },
    output: () => ({}),
  }
}
