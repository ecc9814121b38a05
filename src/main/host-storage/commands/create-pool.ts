import { z } from 'zod'
import { type HostPoolSource, holdsFiles, targetPathOf } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { OperationHandler } from '../../engine/index.ts'
import { type HostLink, isLibvirtError, shellQuote } from '../../hosts/index.ts'
import { buildPoolXml } from '../build-pool-xml.ts'
import { decidePoolCreate, hostNameOf } from '../pool-rules.ts'
import { callStorage, inspectPool, namedOf, type PoolDependencies, planOnHost, STEP_TIMEOUT_MS } from '../pool-work.ts'

const builtSchema = z.object({ madeFolder: z.boolean() })

/**
 * Makes a pool of a host's libvirt and starts it. The folder of one that holds files is made where it is missing; nothing is
 * formatted. One that does not start is not kept, nor is a folder that was made for it.
 */
export function createPoolCreate(dependencies: PoolDependencies): OperationHandler<'host-pool.create'> {
  const { registry, readings } = dependencies
  const poolOf = (name: string, ids: Readonly<Record<string, string>>) => ({ name, id: ids.poolId ?? '' })
  return {
    name: 'host-pool.create',
    ids: ['poolId'],
    subject: (model, { hostId }) => ({ kind: 'host', id: hostId, name: hostNameOf(model, hostId) }),
    auditParams: ({ name, source }) => ({ object: name, type: source.type, path: targetPathOf(source) }),
    refresh: ({ input }) => readings.refresh(input.hostId),
    validate: (model, input) => {
      const { hostId } = input
      if (!model.hosts.has(hostId)) return new AppError('host.not-found', { hostId })
      const known = { pools: readings.poolsOf(hostId) ?? [], types: readings.typesOf(hostId) }
      return decidePoolCreate(model, hostId, input, known)
    },
    plan: (model, { hostId, name, source, start }, ids) =>
      planOnHost(model, hostId, { pool: name, path: targetPathOf(source) }, [
        { action: 'define', key: 'defining-pool', xml: buildPoolXml(name, poolOf(name, ids).id, source) },
        ...(holdsFiles(source.type) ? [{ action: 'build', key: 'making-pool-folder' }] : []),
        ...(start ? [{ action: 'start', key: 'starting-pool' }] : []),
      ]),
    afterCrash: 'undo',
    steps: {
      define: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, ids }) => {
          const pool = poolOf(input.name, ids)
          const link = registry.get(input.hostId)
          const xml = buildPoolXml(pool.name, pool.id, input.source)
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_POOL_DEFINE_XML', { xml, flags: 0 }, limits),
          )
          const autostart = { ...namedOf(pool), autostart: input.autostart ? 1 : 0 }
          try {
            await callStorage(link, pool, (driver, limits) =>
              driver.call('STORAGE_POOL_SET_AUTOSTART', autostart, limits),
            )
          } catch (error) {
            await endPool(link, pool)
            throw error
          }
          await readings.readChanged(link)
          return null
        },
        undo: async ({ input, ids }) => {
          const link = registry.get(input.hostId)
          await endPool(link, poolOf(input.name, ids))
          await readings.readChanged(link)
        },
        inspect: ({ input, ids }) => look(input, ids, (found) => found),
      },
      build: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, ids }) => {
          const pool = poolOf(input.name, ids)
          const link = registry.get(input.hostId)
          const madeFolder = await isFolderMissing(link, input.source)
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_POOL_BUILD', { ...namedOf(pool), flags: 0 }, limits),
          )
          return { madeFolder }
        },
        undo: async ({ input, ids, results }) => {
          if (!builtSchema.safeParse(results.build).data?.madeFolder) return
          const driver = registry.get(input.hostId).family('storage')
          const named = namedOf(poolOf(input.name, ids))
          // libvirt removes an empty folder alone. One that somebody has put something into meanwhile stays.
          await unlessRefused(driver.call('STORAGE_POOL_DESTROY', named, { timeoutMs: STEP_TIMEOUT_MS }))
          await unlessRefused(
            driver.call('STORAGE_POOL_DELETE', { ...named, flags: 0 }, { timeoutMs: STEP_TIMEOUT_MS }),
          )
        },
        // Making it again changes nothing.
        inspect: async () => 'absent',
      },
      start: {
        timeoutMs: STEP_TIMEOUT_MS,
        run: async ({ input, ids }) => {
          const pool = poolOf(input.name, ids)
          const link = registry.get(input.hostId)
          await callStorage(link, pool, (driver, limits) =>
            driver.call('STORAGE_POOL_CREATE', { ...namedOf(pool), flags: 0 }, limits),
          )
          await readings.readChanged(link)
          return null
        },
        inspect: ({ input, ids }) => look(input, ids, (_found, isActive) => isActive),
      },
    },
    output: ({ ids }) => ({ poolId: ids.poolId ?? '' }),
  }

  function look(
    { hostId }: { readonly hostId: Parameters<typeof registry.get>[0] },
    ids: Readonly<Record<string, string>>,
    decide: (isFound: boolean, isActive: boolean) => boolean,
  ) {
    const one = { hostId, poolId: ids.poolId ?? '' }
    return inspectPool(dependencies, one, (pool) => decide(pool !== null, pool?.isActive === true))
  }
}

/** Where the host runs no commands for us the folder counts as there: it is never removed then. */
async function isFolderMissing(
  link: Pick<HostLink, 'definition' | 'runScript'>,
  source: HostPoolSource,
): Promise<boolean> {
  if (link.definition.transport === 'local') return false
  const path = shellQuote(targetPathOf(source))
  const limits = { timeoutMs: 30_000, maxOutputBytes: 1_024 }
  const { stdout } = await link.runScript(
    `if [ -e ${path} ] || [ -L ${path} ]; then echo there; else echo missing; fi`,
    limits,
  )
  return stdout.trim() === 'missing'
}

async function endPool(link: Pick<HostLink, 'family'>, pool: { readonly name: string; readonly id: string }) {
  const driver = link.family('storage')
  for (const procedure of ['STORAGE_POOL_DESTROY', 'STORAGE_POOL_UNDEFINE'] as const) {
    try {
      await driver.call(procedure, namedOf(pool), { timeoutMs: STEP_TIMEOUT_MS })
    } catch (error) {
      // It did not run, or is gone already.
      if (!isLibvirtError(error, 'noStoragePool') && !isLibvirtError(error, 'operationInvalid')) throw error
    }
  }
}

async function unlessRefused(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isLibvirtError(error)) throw error
  }
}
