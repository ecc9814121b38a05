import type { HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock } from '../engine/index.ts'
import { type HostLink, type HostRegistry, isLibvirtError } from '../hosts/index.ts'
import { parsePoolTypes } from '../xml/index.ts'
import { fetchPools, type ToldPool } from './fetch-pools.ts'

const NAMES_LIMIT = 10_000
const CALL_TIMEOUT_MS = 20_000

/** What was last read of a host's storage pools, for decisions and for who looks. */
export class PoolReadings {
  readonly #clock: Clock
  readonly #registry: Pick<HostRegistry, 'get'>
  readonly #pools = new Map<HostId, readonly ToldPool[]>()
  /** Also of those that were removed: what was done to them is told by name. */
  readonly #names = new Map<string, string>()
  /** Kinds of pools that a host's libvirt has; null: it does not tell. */
  readonly #types = new Map<HostId, ReadonlySet<string> | null>()

  onChanged: (hostId: HostId) => void = () => undefined

  constructor(registry: Pick<HostRegistry, 'get'>, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
  }

  /** Null: not read yet. */
  poolsOf(hostId: HostId): readonly ToldPool[] | null {
    return this.#pools.get(hostId) ?? null
  }

  find(hostId: HostId, poolId: string): ToldPool | null {
    return this.poolsOf(hostId)?.find(({ id }) => id === poolId.toLowerCase()) ?? null
  }

  nameOf(hostId: HostId, poolId: string): string {
    return this.#names.get(`${hostId} ${poolId.toLowerCase()}`) ?? poolId
  }

  typesOf(hostId: HostId): ReadonlySet<string> | null {
    return this.#types.get(hostId) ?? null
  }

  /** Errors: host.driver-absent, host.driver-failed, host.not-connected and those of a libvirt call. */
  async read(link: Pick<HostLink, 'id' | 'family'>, signal?: AbortSignal): Promise<readonly ToldPool[]> {
    const pools = await fetchPools(link, this.#clock.now(), signal)
    this.#pools.set(link.id, pools)
    for (const { id, name } of pools) this.#remember(`${link.id} ${id}`, name)
    return pools
  }

  /** After a change that was made here: who looks is to see it at once, and libvirt has no event for most. Errors: as {@link read}. */
  async readChanged(link: Pick<HostLink, 'id' | 'family'>): Promise<void> {
    await this.read(link)
    this.onChanged(link.id)
  }

  /** The pool as read now. Errors: host-pool.not-found, and those of {@link read}. */
  async require(hostId: HostId, poolId: string): Promise<ToldPool> {
    const link = this.#registry.get(hostId)
    await this.read(link)
    const pool = this.find(hostId, poolId)
    if (pool !== null) return pool
    throw new AppError('host-pool.not-found', { hostName: link.definition.name, poolId }, { hostId })
  }

  /** All anew, before something is decided by it. Errors: as {@link read}. */
  async refresh(hostId: HostId): Promise<void> {
    const link = this.#registry.get(hostId)
    await this.read(link)
    this.#types.set(hostId, await fetchPoolTypes(link))
  }

  forget(hostId: HostId): void {
    this.#pools.delete(hostId)
    this.#types.delete(hostId)
  }

  #remember(key: string, name: string): void {
    this.#names.delete(key)
    this.#names.set(key, name)
    const oldest = this.#names.keys().next().value
    if (this.#names.size > NAMES_LIMIT && oldest !== undefined) this.#names.delete(oldest)
  }
}

/** libvirt before 5.2 does not tell. Errors: those of a libvirt call that is not refused. */
async function fetchPoolTypes(link: Pick<HostLink, 'family'>): Promise<ReadonlySet<string> | null> {
  try {
    const limits = { timeoutMs: CALL_TIMEOUT_MS }
    const told = await link.family('storage').call('CONNECT_GET_STORAGE_POOL_CAPABILITIES', { flags: 0 }, limits)
    return parsePoolTypes(told.capabilities)
  } catch (error) {
    if (isLibvirtError(error)) return null
    throw error
  }
}
