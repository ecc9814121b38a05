import { isLibvirtError, type LibvirtConnection } from '../libvirt/index.ts'

/** A network or storage pool as a host lists it. */
export interface HostResource {
  readonly uuid: string
  readonly name: string
  readonly active: boolean
}

/** `VIR_CONNECT_LIST_NETWORKS_ACTIVE` and `VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE`. */
const ACTIVE = 2
const ALL = 0

/** The host's virtual networks; none where the daemon has no network driver. Errors: those of `call`. */
export function fetchNetworks(connection: LibvirtConnection): Promise<readonly HostResource[]> {
  return withoutDriver(async () => {
    const list = async (flags: number) =>
      (await connection.call('CONNECT_LIST_ALL_NETWORKS', { need_results: 1, flags })).nets
    return merge(await list(ALL), await list(ACTIVE))
  })
}

/** The host's storage pools; none where the daemon has no storage driver. Errors: those of `call`. */
export function fetchPools(connection: LibvirtConnection): Promise<readonly HostResource[]> {
  return withoutDriver(async () => {
    const list = async (flags: number) =>
      (await connection.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1, flags })).pools
    return merge(await list(ALL), await list(ACTIVE))
  })
}

interface Listed {
  readonly uuid: string
  readonly name: string
}

function merge(all: readonly Listed[], active: readonly Listed[]): HostResource[] {
  const activeUuids = new Set(active.map((each) => each.uuid))
  return all.map(({ uuid, name }) => ({ uuid, name, active: activeUuids.has(uuid) }))
}

async function withoutDriver(read: () => Promise<HostResource[]>): Promise<readonly HostResource[]> {
  try {
    return await read()
  } catch (error) {
    if (isLibvirtError(error)) return []
    throw error
  }
}
