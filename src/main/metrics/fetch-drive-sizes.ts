import { dirname } from 'node:path/posix'
import type { VmDisk, VmDriveSize } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import {
  type DomainRecord,
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
} from '../hosts/index.ts'

const READ_TIMEOUT_MS = 10_000
/** More drives than that are not asked for, one by one, while somebody looks. */
const DRIVES_LIMIT = 64

type Options = { readonly timeoutMs: number; readonly signal: AbortSignal }
type Sizes = Pick<VmDriveSize, 'capacityBytes' | 'allocationBytes'>

/**
 * The sizes of a VM's drives and the pools that they lie in, whether it runs or not; what the host cannot look at is null. Over a
 * connection of its own: storage that hangs may leave the answer open for as long as it likes. Errors: those of `call` and of
 * opening a connection, but not the daemon's refusals.
 */
export async function fetchDriveSizes(
  link: HostLink,
  record: DomainRecord,
  signal: AbortSignal,
): Promise<VmDriveSize[]> {
  const drives = record.definition.disks.filter(({ source }) => source !== null).slice(0, DRIVES_LIMIT)
  if (drives.length === 0) return []
  const options = { timeoutMs: READ_TIMEOUT_MS, signal }
  const poolOf = createPoolReader(link, options)
  const connection = await link.openConnection({ signal })
  try {
    const found: VmDriveSize[] = []
    for (const drive of drives) {
      const sizes = await readSizes(connection, record, drive, options)
      const pool = await poolOf(drive)
      // A volume of a pool is not opened for a machine that does not run: its pool knows.
      const known = sizes ?? (await readVolume(link, drive, options)) ?? { capacityBytes: null, allocationBytes: null }
      found.push({ id: drive.target, ...known, pool })
    }
    return found
  } finally {
    await connection.close()
  }
}

async function readSizes(
  connection: LibvirtConnection,
  record: DomainRecord,
  { target }: VmDisk,
  options: Options,
): Promise<Sizes | null> {
  try {
    const question = { dom: domainReference(record), path: target, flags: 0 }
    const info = await connection.call('DOMAIN_GET_BLOCK_INFO', question, options)
    return { capacityBytes: Number(info.capacity), allocationBytes: Number(info.allocation) }
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return null
  }
}

async function readVolume(link: HostLink, { source, sourceType }: VmDisk, options: Options): Promise<Sizes | null> {
  const [pool = '', ...name] = (source ?? '').split('/')
  if (sourceType !== 'volume') return null
  return unlessAway(async () => {
    const storage = link.family('storage')
    const found = await storage.call('STORAGE_POOL_LOOKUP_BY_NAME', { name: pool }, options)
    const { vol } = await storage.call('STORAGE_VOL_LOOKUP_BY_NAME', { ...found, name: name.join('/') }, options)
    const info = await storage.call('STORAGE_VOL_GET_INFO', { vol }, options)
    return { capacityBytes: Number(info.capacity), allocationBytes: Number(info.allocation) }
  })
}

/** Asks for each folder once. A pool is that of a volume, or the one whose folder, or volume group, the drive lies in. */
function createPoolReader(link: HostLink, options: Options): (drive: VmDisk) => Promise<string | null> {
  const known = new Map<string, Promise<string | null>>()
  const read = (path: string) =>
    unlessAway(async () => {
      const found = await link.family('storage').call('STORAGE_POOL_LOOKUP_BY_TARGET_PATH', { path }, options)
      return found.pool.name
    })
  return async ({ source, sourceType }) => {
    if (source === null) return null
    if (sourceType === 'volume') return source.split('/')[0] ?? null
    if (!source.startsWith('/')) return null
    const path = dirname(source)
    const reading = known.get(path) ?? read(path)
    known.set(path, reading)
    return reading
  }
}

/** Null where the storage driver says no, or is away: the sizes are there all the same. */
async function unlessAway<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (!isAppError(error)) throw error
    return null
  }
}
