import type { CallOptions, LibvirtConnection } from '../libvirt/index.ts'
import type { DriverFamily } from './driver-family.ts'

/** A network or storage pool as a host lists it. */
export interface HostResource {
  readonly uuid: string
  readonly name: string
  readonly active: boolean
}

/** `VIR_CONNECT_LIST_NETWORKS_ACTIVE` and `VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE`. */
const ACTIVE = 2
const ALL = 0

/** The host's virtual networks. Errors: those of `call`. */
export async function fetchNetworks(connection: LibvirtConnection, options: CallOptions): Promise<HostResource[]> {
  const list = async (flags: number) =>
    (await connection.call('CONNECT_LIST_ALL_NETWORKS', { need_results: 1, flags }, options)).nets
  return merge(await list(ALL), await list(ACTIVE))
}

/** The host's storage pools. Errors: those of `call`. */
export async function fetchPools(connection: LibvirtConnection, options: CallOptions): Promise<HostResource[]> {
  const list = async (flags: number) =>
    (await connection.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1, flags }, options)).pools
  return merge(await list(ALL), await list(ACTIVE))
}

/** Makes the driver answer, at little cost. Errors: those of `call`. */
export async function probeDriver(
  connection: LibvirtConnection,
  family: DriverFamily,
  options: CallOptions,
): Promise<void> {
  switch (family) {
    case 'storage':
      await connection.call('CONNECT_NUM_OF_STORAGE_POOLS', {}, options)
      break
    case 'network':
      await connection.call('CONNECT_NUM_OF_NETWORKS', {}, options)
      break
    case 'node-device':
      await connection.call('NODE_NUM_OF_DEVICES', { cap: null, flags: 0 }, options)
      break
    case 'secret':
      await connection.call('CONNECT_NUM_OF_SECRETS', {}, options)
      break
    case 'nwfilter':
      await connection.call('CONNECT_NUM_OF_NWFILTERS', {}, options)
      break
  }
}

interface Listed {
  readonly uuid: string
  readonly name: string
}

function merge(all: readonly Listed[], active: readonly Listed[]): HostResource[] {
  const activeUuids = new Set(active.map((each) => each.uuid))
  return all.map(({ uuid, name }) => ({ uuid, name, active: activeUuids.has(uuid) }))
}
