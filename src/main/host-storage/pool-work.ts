import type { HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Volume } from '../disk/index.ts'
import { exclusive, type Inspection, type ModelSnapshot, shared } from '../engine/index.ts'
import { type HostLink, type HostRegistry, isLibvirtError } from '../hosts/index.ts'
import type { ToldPool } from './fetch-pools.ts'
import type { PoolReadings } from './pool-readings.ts'
import { decideOwn, hostNameOf } from './pool-rules.ts'

export interface PoolDependencies {
  readonly registry: Pick<HostRegistry, 'get'>
  readonly readings: PoolReadings
}

export interface OnePool {
  readonly hostId: HostId
  readonly poolId: string
}

/** A step of a plan; `xml`: what is written, for a person to read. */
export interface PoolStep {
  readonly action: string
  readonly key: string
  readonly xml?: string
  readonly weight?: number
  readonly cancellable?: boolean
}

/** libvirt mounts, which waits for a server. */
const CALL_TIMEOUT_MS = 150_000
/** Longer than a call: what it did is read afterwards. */
export const STEP_TIMEOUT_MS = 240_000

/**
 * The plan of a change of a host's pools: one at a time, its others are decided about, too. `isLong`: one that moves bytes goes on beside others of
 * its kind.
 */
export function planOnHost(
  model: ModelSnapshot,
  hostId: HostId,
  params: Readonly<Record<string, string | number>>,
  steps: readonly PoolStep[],
  { isLong = false } = {},
) {
  const host = hostNameOf(model, hostId)
  const pools = `host-pools:${hostId}`
  return {
    locks: [isLong ? shared(pools) : exclusive(pools), shared(`host:${hostId}`)],
    touches: [{ kind: 'host', id: hostId, name: host } as const],
    steps: steps.map(({ key, xml, ...step }) => ({
      ...step,
      hostId,
      text: { key, params: { ...params, host } },
      ...(xml === undefined ? {} : { data: { xml } }),
    })),
  }
}

/** What commands on one pool have in common. */
export function onPool({ readings }: Pick<PoolDependencies, 'readings'>) {
  const nameOf = ({ hostId, poolId }: OnePool) => readings.nameOf(hostId, poolId)
  return {
    nameOf,
    subject: (model: ModelSnapshot, { hostId }: OnePool) =>
      ({ kind: 'host', id: hostId, name: hostNameOf(model, hostId) }) as const,
    auditParams: (input: OnePool) => ({ object: nameOf(input) }),
    refresh: ({ input }: { readonly input: OnePool }) => readings.refresh(input.hostId),
    /** Is it there, and a host's own? Then what `decide` says of it. Not known to be gone counts as there: it is read before it is decided. */
    decide: (
      model: ModelSnapshot,
      { hostId, poolId }: OnePool,
      decide: (pool: ToldPool) => AppError | null,
    ): AppError | null => {
      if (!model.hosts.has(hostId)) return new AppError('host.not-found', { hostId })
      const pool = readings.find(hostId, poolId)
      if (pool !== null) return decideOwn(model, pool) ?? decide(pool)
      if (readings.poolsOf(hostId) === null) return null
      return new AppError('host-pool.not-found', { hostName: hostNameOf(model, hostId), poolId })
    },
    plan: (model: ModelSnapshot, input: OnePool, ...steps: readonly PoolStep[]) =>
      planOnHost(model, input.hostId, { pool: nameOf(input) }, steps),
  }
}

export function namedOf({ name, id }: Pick<ToldPool, 'name' | 'id'>) {
  return { pool: { name, uuid: id } }
}

/**
 * Calls the storage driver of a host. What it refuses is told in its words; an interrupted call stays `after-refresh`, so that the
 * host is looked at. Errors: host-pool.refused, host-pool.not-found, host-volume.not-found, and those of `call`.
 */
export async function callStorage<Result>(
  link: Pick<HostLink, 'id' | 'definition' | 'family'>,
  { name, id }: Pick<ToldPool, 'name' | 'id'>,
  call: (driver: ReturnType<HostLink['family']>, limits: { readonly timeoutMs: number }) => Promise<Result>,
  volumeName = '',
): Promise<Result> {
  try {
    return await call(link.family('storage'), { timeoutMs: CALL_TIMEOUT_MS })
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    const hostName = link.definition.name
    const { message } = error.params
    const options = { cause: error, subject: name, hostId: link.id }
    if (isLibvirtError(error, 'noStoragePool'))
      throw new AppError('host-pool.not-found', { hostName, poolId: id }, options)
    if (isLibvirtError(error, 'noStorageVolume')) {
      throw new AppError('host-volume.not-found', { name: volumeName, poolName: name }, options)
    }
    throw new AppError('host-pool.refused', { name, hostName, message }, options)
  }
}

/** Finds a volume by its name. Errors: host-volume.not-found, and those of {@link callStorage}. */
export function lookUpVolume(
  link: Pick<HostLink, 'id' | 'definition' | 'family'>,
  pool: Pick<ToldPool, 'name' | 'id'>,
  name: string,
): Promise<Volume> {
  const find = async (driver: ReturnType<HostLink['family']>, limits: { readonly timeoutMs: number }) =>
    (await driver.call('STORAGE_VOL_LOOKUP_BY_NAME', { ...namedOf(pool), name }, limits)).vol
  return callStorage(link, pool, find, name)
}

/** Looks at a pool where a step worked on it. Errors: as `PoolReadings.read`. */
export async function inspectPool(
  { registry, readings }: PoolDependencies,
  { hostId, poolId }: OnePool,
  look: (pool: ToldPool | null) => boolean,
): Promise<Inspection> {
  await readings.read(registry.get(hostId))
  return look(readings.find(hostId, poolId)) ? 'done' : 'absent'
}
