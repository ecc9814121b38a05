import { randomUUID } from 'node:crypto'
import { join } from 'node:path/posix'
import type { StoragePool, StorageVol } from '../../libvirt/index.ts'
import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import { childIn, element, insertElement, serializeXml } from '../../xml/index.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { SimulatedPool, SimulatedVolume } from '../host/stored-object.ts'
import { readRoot } from '../machine/definition-text.ts'
import { isListed } from './list-flags.ts'
import { groupsOf } from './network.ts'

/** `virStoragePoolEventLifecycleType`. */
const EVENT = { defined: 0, undefined: 1, started: 2, stopped: 3, created: 4, deleted: 5 } as const
/** `virStoragePoolState`. */
const POOL = { inactive: 0, running: 2 } as const
const POOL_BYTES = 2 * 1024 ** 4
/** Volumes are thin: that much of each is said to be taken. */
const TAKEN_SHARE = 0.25
const UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Pools and their volumes: names and sizes, no bytes behind them. */
export function createStorageHandlers(host: SimulatedHost): DaemonHandlers {
  const { pools, events } = host
  const of = ({ uuid, name }: StoragePool): SimulatedPool => {
    const found = pools.get(uuid)
    if (found === undefined) throw notFound(`no storage pool with matching uuid '${uuid}' (${name})`)
    return found
  }
  const active = (reference: StoragePool): SimulatedPool => {
    const pool = of(reference)
    if (!pool.isActive)
      throw new DaemonError('operationInvalid', `storage pool '${pool.name}' is not active`, 'storage')
    return pool
  }
  const findPool = (name: string): SimulatedPool => {
    const found = [...pools.values()].find((pool) => pool.name === name)
    if (found === undefined) throw notFound(`no storage pool with matching name '${name}'`)
    return found
  }
  const volume = ({ pool, name }: StorageVol): SimulatedVolume => {
    const found = findPool(pool).volumes.get(name)
    if (found === undefined) throw noVolume(name)
    return found
  }
  const emit = ({ name, uuid }: SimulatedPool, event: number) =>
    events.emit('storage-pool', 0, uuid, (client, callbackID) =>
      client.send('STORAGE_POOL_EVENT_LIFECYCLE', { callbackID, pool: { name, uuid }, event, detail: 0 }),
    )
  const list = (flags: number) => [...pools.values()].filter((pool) => isListed(flags & 63, groupsOf(pool)))
  return {
    CONNECT_NUM_OF_STORAGE_POOLS: () => ({ num: list(2).length }),
    CONNECT_LIST_ALL_STORAGE_POOLS: ({ need_results, flags }) => {
      const found = list(flags).map(referenceOf)
      return { pools: need_results === 0 ? [] : found, ret: found.length }
    },
    CONNECT_GET_STORAGE_POOL_CAPABILITIES: () => ({
      capabilities: "<storagepoolCapabilities><pool type='dir' supported='yes'/></storagepoolCapabilities>",
    }),
    STORAGE_POOL_LOOKUP_BY_NAME: ({ name }) => ({ pool: referenceOf(findPool(name)) }),
    STORAGE_POOL_LOOKUP_BY_UUID: ({ uuid }) => ({ pool: referenceOf(of({ uuid, name: '' })) }),
    STORAGE_POOL_LOOKUP_BY_TARGET_PATH: ({ path }) => {
      const found = [...pools.values()].find(({ targetPath, isActive }) => isActive && targetPath === path)
      if (found === undefined) throw notFound(`no storage pool with matching target path '${path}'`)
      return { pool: referenceOf(found) }
    },
    STORAGE_POOL_GET_XML_DESC: ({ pool }) => ({ xml: of(pool).xml }),
    STORAGE_POOL_GET_INFO: ({ pool }) => {
      const { isActive, capacityBytes, volumes } = of(pool)
      const capacity = BigInt(isActive ? capacityBytes : 0)
      const taken = isActive ? [...volumes.values()].reduce((sum, each) => sum + takenBytes(each), 0) : 0
      const allocation = BigInt(taken)
      return { state: isActive ? POOL.running : POOL.inactive, capacity, allocation, available: capacity - allocation }
    },
    STORAGE_POOL_IS_ACTIVE: ({ pool }) => ({ active: of(pool).isActive ? 1 : 0 }),
    STORAGE_POOL_IS_PERSISTENT: ({ pool }) => ({ persistent: of(pool).isPersistent ? 1 : 0 }),
    STORAGE_POOL_GET_AUTOSTART: ({ pool }) => ({ autostart: of(pool).autostart ? 1 : 0 }),
    STORAGE_POOL_DEFINE_XML: ({ xml }) => {
      const pool = readPool(xml)
      const twin = [...pools.values()].find(({ name }) => name === pool.name)
      if (twin !== undefined && twin.uuid !== pool.uuid) {
        throw new DaemonError('operationFailed', `pool '${pool.name}' already exists with uuid ${twin.uuid}`, 'storage')
      }
      const before = pools.get(pool.uuid)
      pools.set(pool.uuid, before === undefined ? pool : { ...before, xml: pool.xml })
      emit(pool, EVENT.defined)
      return { pool: referenceOf(pool) }
    },
    STORAGE_POOL_BUILD: ({ pool }) => {
      of(pool)
      return undefined
    },
    STORAGE_POOL_CREATE: ({ pool: reference }) => {
      const pool = of(reference)
      if (pool.isActive)
        throw new DaemonError('operationInvalid', `storage pool '${pool.name}' is already active`, 'storage')
      pool.isActive = true
      emit(pool, EVENT.started)
      return undefined
    },
    STORAGE_POOL_DESTROY: ({ pool: reference }) => {
      const pool = active(reference)
      pool.isActive = false
      emit(pool, EVENT.stopped)
      return undefined
    },
    STORAGE_POOL_UNDEFINE: ({ pool: reference }) => {
      const pool = of(reference)
      if (pool.isActive)
        throw new DaemonError('operationInvalid', `storage pool '${pool.name}' is still active`, 'storage')
      pools.delete(pool.uuid)
      emit(pool, EVENT.undefined)
      return undefined
    },
    STORAGE_POOL_SET_AUTOSTART: ({ pool, autostart }) => {
      of(pool).autostart = autostart !== 0
      return undefined
    },
    STORAGE_POOL_REFRESH: ({ pool: reference }) => {
      const { name, uuid } = active(reference)
      events.emit('storage-pool', 1, uuid, (client, callbackID) =>
        client.send('STORAGE_POOL_EVENT_REFRESH', { callbackID, pool: { name, uuid } }),
      )
      return undefined
    },
    STORAGE_POOL_LIST_ALL_VOLUMES: ({ pool: reference, need_results }) => {
      const pool = active(reference)
      const vols = [...pool.volumes.values()].map((each) => volumeReference(pool, each))
      return { vols: need_results === 0 ? [] : vols, ret: vols.length }
    },
    STORAGE_VOL_LOOKUP_BY_NAME: ({ pool: reference, name }) => {
      const pool = active(reference)
      const found = pool.volumes.get(name)
      if (found === undefined) throw noVolume(name)
      return { vol: volumeReference(pool, found) }
    },
    STORAGE_VOL_LOOKUP_BY_PATH: ({ path }) => {
      for (const pool of pools.values()) {
        const found = [...pool.volumes.values()].find((each) => each.path === path)
        if (pool.isActive && found !== undefined) return { vol: volumeReference(pool, found) }
      }
      throw noVolume(path)
    },
    STORAGE_VOL_GET_XML_DESC: ({ vol }) => ({ xml: describeVolume(volume(vol)) }),
    STORAGE_VOL_GET_INFO: ({ vol }) => infoOf(volume(vol)),
    STORAGE_VOL_GET_INFO_FLAGS: ({ vol }) => infoOf(volume(vol)),
    STORAGE_VOL_CREATE_XML: ({ pool: reference, xml }) => {
      const pool = active(reference)
      const made = readVolume(xml, pool)
      if (pool.volumes.has(made.name)) {
        throw new DaemonError('storageVolumeExists', `storage volume '${made.name}' exists already`, 'storage')
      }
      pool.volumes.set(made.name, made)
      return { vol: volumeReference(pool, made) }
    },
    STORAGE_VOL_DELETE: ({ vol }) => {
      const { name } = volume(vol)
      findPool(vol.pool).volumes.delete(name)
      return undefined
    },
  }
}

/** A pool as a client describes it. */
export function readPool(xml: string): SimulatedPool {
  let document = readRoot(xml, 'pool')
  const name = childIn(document.root, 'name')
  if (name === null) throw new DaemonError('xml', 'missing pool source name element', 'storage')
  const uuid = childIn(document.root, 'uuid')?.text.trim().toLowerCase() ?? randomUUID()
  if (childIn(document.root, 'uuid') === null) {
    document = insertElement(document, document.root, { name: 'uuid', content: uuid }, { after: name })
  }
  const targetPath = childIn(childIn(document.root, 'target'), 'path')?.text.trim() ?? ''
  return {
    uuid,
    name: name.text,
    xml: document.text,
    isActive: false,
    isPersistent: true,
    autostart: false,
    targetPath,
    capacityBytes: POOL_BYTES,
    volumes: new Map(),
  }
}

function readVolume(xml: string, { targetPath }: SimulatedPool): SimulatedVolume {
  const { root } = readRoot(xml, 'volume')
  const name = childIn(root, 'name')?.text ?? ''
  const capacity = childIn(root, 'capacity')
  if (name === '' || capacity === null) throw new DaemonError('xml', 'missing capacity element', 'storage')
  const unit = UNITS[capacity.attributes.unit ?? 'bytes']
  const amount = Number(capacity.text)
  if (unit === undefined || !Number.isSafeInteger(amount * unit) || amount < 0) {
    throw new DaemonError('xml', `malformed capacity element`, 'storage')
  }
  const format = childIn(childIn(root, 'target'), 'format')?.attributes.type ?? 'raw'
  return { name, path: join(targetPath, name), format, capacityBytes: amount * unit }
}

function describeVolume(volume: SimulatedVolume): string {
  const { name, path, format, capacityBytes } = volume
  return serializeXml(
    element(
      'volume',
      { type: 'file' },
      element('name', {}, name),
      element('key', {}, path),
      element('capacity', { unit: 'bytes' }, capacityBytes),
      element('allocation', { unit: 'bytes' }, takenBytes(volume)),
      element('target', {}, element('path', {}, path), element('format', { type: format })),
    ),
  )
}

function infoOf(volume: SimulatedVolume): { type: number; capacity: bigint; allocation: bigint } {
  return { type: 0, capacity: BigInt(volume.capacityBytes), allocation: BigInt(takenBytes(volume)) }
}

function takenBytes({ capacityBytes }: SimulatedVolume): number {
  return Math.round(capacityBytes * TAKEN_SHARE)
}

function referenceOf({ name, uuid }: SimulatedPool): StoragePool {
  return { name, uuid }
}

function volumeReference({ name: pool }: SimulatedPool, { name, path }: SimulatedVolume): StorageVol {
  return { pool, name, key: path }
}

function notFound(message: string): DaemonError {
  return new DaemonError('noStoragePool', `Storage pool not found: ${message}`, 'storage')
}

function noVolume(name: string): DaemonError {
  return new DaemonError(
    'noStorageVolume',
    `Storage volume not found: no storage vol with matching name '${name}'`,
    'storage',
  )
}
