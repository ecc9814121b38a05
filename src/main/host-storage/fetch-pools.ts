import type { HostPool, HostVolume } from '../../shared/domain/index.ts'
import { type HostLink, isLibvirtError } from '../hosts/index.ts'
import { parseStoragePool, parseVolume, XmlError } from '../xml/index.ts'

const CALL_TIMEOUT_MS = 30_000
/** `VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE`, and all. */
const LIST_ACTIVE = 2
const LIST_ALL = 0
/** More than any host has; of volumes the first are told, and how many there are. */
const POOLS_LIMIT = 256
const VOLUMES_LIMIT = 1_000
const AT_ONCE = 4

/** A volume and a pool as libvirt tells of them. Who uses them is known elsewhere. */
export type ToldVolume = Omit<HostVolume, 'usedBy'>
export type ToldPool = Omit<HostPool, 'volumes' | 'storageDomain'> & { readonly volumes: readonly ToldVolume[] }

interface Named {
  readonly name: string
  readonly uuid: string
}

/**
 * Reads the storage pools of a host's libvirt with their volumes, by name. What goes while it is read, and what nobody can read, is
 * left out. Errors: host.driver-absent, host.driver-failed and those of `call`.
 */
export async function fetchPools(
  link: Pick<HostLink, 'family'>,
  asOf: number,
  signal?: AbortSignal,
): Promise<ToldPool[]> {
  const limits = { timeoutMs: CALL_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  const driver = link.family('storage')
  const list = async (flags: number) =>
    (await driver.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1, flags }, limits)).pools
  const all = (await list(LIST_ALL)).slice(0, POOLS_LIMIT)
  const active = new Set((await list(LIST_ACTIVE)).map(({ uuid }) => uuid))
  const pools: ToldPool[] = []
  // One pool after the other: each may have many volumes, and other calls wait for their turn at the driver.
  for (const pool of all) {
    const read = await unlessGone(() => fetchPool(pool))
    if (read !== null) pools.push(read)
  }
  return pools.sort((one, other) => one.name.localeCompare(other.name))

  async function fetchPool(pool: Named): Promise<ToldPool> {
    const isActive = active.has(pool.uuid)
    const { persistent } = await driver.call('STORAGE_POOL_IS_PERSISTENT', { pool }, limits)
    const isPersistent = persistent !== 0
    const { autostart } = isPersistent
      ? await driver.call('STORAGE_POOL_GET_AUTOSTART', { pool }, limits)
      : { autostart: 0 }
    const { type, targetPath } = parseStoragePool(
      (await driver.call('STORAGE_POOL_GET_XML_DESC', { pool, flags: 0 }, limits)).xml,
    )
    const space = isActive ? await driver.call('STORAGE_POOL_GET_INFO', { pool }, limits) : null
    const names = isActive
      ? (await driver.call('STORAGE_POOL_LIST_ALL_VOLUMES', { pool, need_results: 1, flags: 0 }, limits)).vols
      : []
    return {
      id: pool.uuid,
      name: pool.name,
      type,
      path: targetPath,
      isActive,
      isPersistent,
      autostart: autostart !== 0,
      capacityBytes: space === null ? null : Number(space.capacity),
      availableBytes: space === null ? null : Number(space.available),
      volumes: await fetchVolumes(names.slice(0, VOLUMES_LIMIT)),
      volumeCount: names.length,
      asOf,
    }
  }

  async function fetchVolumes(
    names: readonly { readonly pool: string; readonly name: string; readonly key: string }[],
  ): Promise<ToldVolume[]> {
    const waiting = [...names]
    const volumes: ToldVolume[] = []
    const work = async (): Promise<void> => {
      for (let vol = waiting.shift(); vol !== undefined; vol = waiting.shift()) {
        const asked = { vol, flags: 0 }
        const volume = await unlessGone(async () =>
          parseVolume((await driver.call('STORAGE_VOL_GET_XML_DESC', asked, limits)).xml),
        )
        if (volume !== null) volumes.push(volume)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return volumes.sort((one, other) => one.name.localeCompare(other.name))
  }
}

async function unlessGone<Value>(read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (isLibvirtError(error) || error instanceof XmlError) return null
    throw error
  }
}
