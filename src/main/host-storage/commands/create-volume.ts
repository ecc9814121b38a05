import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { holdsFiles } from '../../../shared/domain/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { buildVolumeXml, type WantedVolume } from '../build-pool-xml.ts'
import type { ToldPool } from '../fetch-pools.ts'
import { decideVolumeCreate } from '../pool-rules.ts'
import {
  callStorage,
  inspectPool,
  namedOf,
  onPool,
  type PoolDependencies,
  planOnHost,
  STEP_TIMEOUT_MS,
} from '../pool-work.ts'

const madeSchema = z.object({ path: z.string().nullable() })

/** Makes an empty volume in a pool of a host. */
export function createVolumeCreate(dependencies: PoolDependencies): OperationHandler<'host-volume.create'> {
  const { registry, readings } = dependencies
  const { nameOf, subject, refresh, decide } = onPool(dependencies)
  return {
    name: 'host-volume.create',
    subject,
    auditParams: (input) => ({ object: `${nameOf(input)}/${input.name}`, sizeBytes: input.sizeBytes }),
    refresh,
    validate: (model, input) => decide(model, input, (pool) => decideVolumeCreate(pool, wantedOf(pool, input))),
    plan: (model, input) => {
      const pool = readings.find(input.hostId, input.poolId)
      const params = { pool: nameOf(input), volume: input.name }
      // Not read yet: then nobody knows what kind of pool it is, and the plan is made once more before it runs.
      const xml = pool === null ? {} : { xml: buildVolumeXml(pool.type, wantedOf(pool, input)) }
      return planOnHost(model, input.hostId, params, [{ action: 'create', key: 'creating-volume', ...xml }])
    },
    afterCrash: 'finish',
    steps: {
      create: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input }) => {
          const pool = await readings.require(input.hostId, input.poolId)
          const refusal = decideVolumeCreate(pool, wantedOf(pool, input))
          if (refusal !== null) throw refusal
          const link = registry.get(input.hostId)
          const xml = buildVolumeXml(pool.type, wantedOf(pool, input))
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_VOL_CREATE_XML', { ...namedOf(pool), xml, flags: 0 }, limits),
          )
          await readings.readChanged(link)
          const volume = readings.find(input.hostId, pool.id)?.volumes.find(({ name }) => name === input.name)
          return { path: volume?.path ?? null }
        },
        inspect: ({ input }) =>
          inspectPool(dependencies, input, (pool) => pool?.volumes.some(({ name }) => name === input.name) === true),
      },
    },
    output: ({ results }) => ({ path: madeSchema.safeParse(results.create).data?.path ?? null }),
  }
}

function wantedOf(pool: Pick<ToldPool, 'type'>, input: ParsedInput<'host-volume.create'>): WantedVolume {
  const { name, sizeBytes, allocation } = input
  return { name, sizeBytes, allocation, format: input.format ?? (holdsFiles(pool.type) ? 'qcow2' : 'raw') }
}
