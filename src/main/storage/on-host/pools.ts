import type { MountedAs } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { isLibvirtError } from '../../hosts/index.ts'
import { parseStoragePool, type StoragePoolDefinition } from '../../xml/index.ts'
import { classifyMountMessage, decideMountError, NFS_VERSIONS } from './decide-mount-error.ts'
import { fileStorageOf } from './file-storage.ts'
import { fetchMounted, POOL_RUNNING } from './mounted.ts'
import { buildPoolXml, decideSource, isMountedByLibvirt, mountOptions } from './pool-xml.ts'
import type { DomainPool, HostCallOptions, PoolState, StorageHost } from './types.ts'

const TIMEOUT_MS = 30_000
/** libvirt waits for the mount command, which waits for the server. */
const START_TIMEOUT_MS = 150_000
const TAKE_AWAY_TRIES = 3

interface Found {
  readonly pool: { readonly name: string; readonly uuid: string }
  readonly isRunning: boolean
  readonly definition: StoragePoolDefinition
}

/**
 * Defines a domain's pool on a host and starts it. The same pool that runs already stays as it is; one that is defined otherwise is
 * defined anew. It does not start with the host (ADR 37): the engine starts it when the host is up.
 * Where it rejects and nothing was there before, nothing is left. Errors: storage.pool-conflict, those of a mount, libvirt's own.
 */
export async function connect(
  host: StorageHost,
  pool: DomainPool,
  options: HostCallOptions,
): Promise<MountedAs | null> {
  const found = await findPool(host, pool.id, options)
  const versions = pool.storage.kind === 'nfs' ? NFS_VERSIONS[pool.storage.version] : [null]
  const isSame = found !== null && versions.some((version) => isDefinedAs(found.definition, pool, version))
  if (found?.isRunning === true) {
    if (!isSame) throw conflictWith(host, pool)
    return fetchMounted(host, pool, options)
  }
  if (found === null) {
    const conflict = await findPoolConflict(host, pool, options)
    if (conflict !== null) throw conflict
  }
  await startAny(host, pool, versions, found !== null, options)
  return fetchMounted(host, pool, options)
}

async function startAny(
  host: StorageHost,
  pool: DomainPool,
  versions: readonly (string | null)[],
  wasDefined: boolean,
  options: HostCallOptions,
): Promise<void> {
  let trouble: unknown = null
  for (const version of versions) {
    try {
      await defineAndStart(host, pool, version, options)
      return
    } catch (error) {
      trouble = error
      const isRefusedVersion = isLibvirtError(error) && classifyMountMessage(error.params.message) === 'version'
      if (!isRefusedVersion) break
    }
  }
  // Also after a call whose outcome nobody knows: what it may have left is looked for.
  if (!wasDefined)
    await disconnect(host, pool, {}).catch((error: unknown) => {
      if (!isAppError(error)) throw error
    })
  throw explain(host, pool, trouble)
}

async function defineAndStart(
  host: StorageHost,
  pool: DomainPool,
  version: string | null,
  options: HostCallOptions,
): Promise<void> {
  const storage = host.family('storage')
  const limits = limitsOf(options)
  const { pool: defined } = await storage.call(
    'STORAGE_POOL_DEFINE_XML',
    { xml: buildPoolXml(pool, version), flags: 0 },
    limits,
  )
  await storage.call('STORAGE_POOL_SET_AUTOSTART', { pool: defined, autostart: 0 }, limits)
  // Makes the folder to mount on. A folder of the host's own is not made: it was looked at, and has its owner.
  if (isMountedByLibvirt(pool.storage)) await storage.call('STORAGE_POOL_BUILD', { pool: defined, flags: 0 }, limits)
  await storage.call('STORAGE_POOL_CREATE', { pool: defined, flags: 0 }, { ...limits, timeoutMs: START_TIMEOUT_MS })
}

/** Stops and undefines a domain's pool, which unmounts what was mounted for it. Does nothing where nothing is. Errors: libvirt's own. */
export async function disconnect(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await takeAway(host, pool, options)
    } catch (error) {
      // Somebody has started it between its stop and its end: another engine, a person, or a call of ours that was on its way.
      if (tries === TAKE_AWAY_TRIES || !isLibvirtError(error, 'operationInvalid')) throw error
    }
  }
}

async function takeAway(host: StorageHost, pool: DomainPool, options: HostCallOptions): Promise<void> {
  const found = await findPool(host, pool.id, options)
  if (found === null) return
  const storage = host.family('storage')
  const limits = limitsOf(options)
  const named = { pool: found.pool }
  const unlessGone = async (call: Promise<unknown>): Promise<void> => {
    try {
      await call
    } catch (error) {
      // Libvirt itself stops a pool whose folder it cannot read, at whatever moment.
      const isStopped =
        isLibvirtError(error, 'operationInvalid') && !(await findPool(host, pool.id, options))?.isRunning
      if (!isStopped && !isLibvirtError(error, 'noStoragePool')) throw error
    }
  }
  if (found.isRunning) await unlessGone(storage.call('STORAGE_POOL_DESTROY', named, limits))
  if (isMountedByLibvirt(pool.storage))
    await removeFolder(() => storage.call('STORAGE_POOL_DELETE', { ...named, flags: 0 }, limits))
  await unlessGone(storage.call('STORAGE_POOL_UNDEFINE', named, limits))
}

/** libvirt removes the folder that it mounted on if it is empty; one that is not, or is not there, is no reason to keep the pool. */
async function removeFolder(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!isLibvirtError(error)) throw error
  }
}

/** How a domain's pool stands on a host. Errors: those of a libvirt call. */
export async function fetchPoolState(
  host: StorageHost,
  pool: DomainPool,
  options: HostCallOptions,
): Promise<PoolState> {
  const found = await findPool(host, pool.id, options)
  if (found !== null) return found.isRunning ? 'running' : 'defined'
  return (await findPoolConflict(host, pool, options)) === null ? 'absent' : 'other'
}

/** The error where another pool has the name, the target, or (which libvirt refuses) the source; null: there is none. Errors: those of a libvirt call. */
export async function findPoolConflict(
  host: StorageHost,
  wanted: Pick<DomainPool, 'poolName' | 'targetPath' | 'storage'> & { readonly id: string | null },
  options: HostCallOptions,
): Promise<AppError | null> {
  const storage = host.family('storage')
  const limits = limitsOf(options)
  const { id, poolName, targetPath } = wanted
  const source = isMountedByLibvirt(wanted.storage) ? decideSource(wanted.storage) : null
  const { pools } = await storage.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1, flags: 0 }, limits)
  for (const pool of pools) {
    if (pool.uuid === id) continue
    if (pool.name === poolName) return conflictWith(host, { poolName: pool.name, targetPath })
    const definition = await fetchDefinition(host, pool, limits)
    const isSource = source !== null && definition?.sourceHost === source.host && definition.sourcePath === source.path
    if (definition?.targetPath === targetPath || isSource) {
      return conflictWith(host, { poolName: pool.name, targetPath: definition?.targetPath ?? targetPath })
    }
  }
  return null
}

async function findPool(host: StorageHost, uuid: string, options: HostCallOptions): Promise<Found | null> {
  const storage = host.family('storage')
  const limits = limitsOf(options)
  try {
    const { pool } = await storage.call('STORAGE_POOL_LOOKUP_BY_UUID', { uuid }, limits)
    const { state } = await storage.call('STORAGE_POOL_GET_INFO', { pool }, limits)
    const definition = await fetchDefinition(host, pool, limits)
    return definition === null ? null : { pool, isRunning: state === POOL_RUNNING, definition }
  } catch (error) {
    if (isLibvirtError(error, 'noStoragePool')) return null
    throw error
  }
}

async function fetchDefinition(
  host: StorageHost,
  pool: Found['pool'],
  limits: ReturnType<typeof limitsOf>,
): Promise<StoragePoolDefinition | null> {
  try {
    const { xml } = await host.family('storage').call('STORAGE_POOL_GET_XML_DESC', { pool, flags: 0 }, limits)
    return parseStoragePool(xml)
  } catch (error) {
    // Removed since it was listed.
    if (isLibvirtError(error, 'noStoragePool')) return null
    throw error
  }
}

function isDefinedAs(found: StoragePoolDefinition, pool: DomainPool, version: string | null): boolean {
  const wanted = parseStoragePool(buildPoolXml(pool, version))
  const same = (key: 'name' | 'type' | 'targetPath' | 'sourceHost' | 'sourcePath') => found[key] === wanted[key]
  return (
    same('name') &&
    same('type') &&
    same('targetPath') &&
    same('sourceHost') &&
    same('sourcePath') &&
    found.mountOptions.join() === mountOptions(pool.storage, version).join()
  )
}

function conflictWith(host: StorageHost, { poolName, targetPath }: Pick<DomainPool, 'poolName' | 'targetPath'>) {
  const params = { hostName: host.definition.name, poolName, targetPath }
  return new AppError('storage.pool-conflict', params, { hostId: host.id })
}

/** libvirt hands on what the mount command printed. */
function explain(host: StorageHost, pool: DomainPool, error: unknown): unknown {
  if (!isLibvirtError(error)) return error
  const { message } = error.params
  if (/already exists with uuid|conflict with pool|is already defined/i.test(message)) {
    const other = /conflict with pool: '([^']{1,256})'/.exec(message)?.[1]
    return conflictWith(host, { poolName: other ?? pool.poolName, targetPath: pool.targetPath })
  }
  const storage = fileStorageOf(pool.storage)
  if (isMountedByLibvirt(storage)) return decideMountError(host, storage, message, error)
  const { path } = storage.kind === 'nfs' ? { path: pool.targetPath } : storage
  const params = { hostName: host.definition.name, path, detail: message.slice(0, 500) }
  return new AppError('storage.host-failed', params, { hostId: host.id, cause: error })
}

function limitsOf({ signal }: HostCallOptions) {
  return { timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
}
