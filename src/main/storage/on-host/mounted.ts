import type { MountedAs } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { isLibvirtError, shellQuote } from '../../hosts/index.ts'
import { parseDescriptor } from './descriptor-text.ts'
import { QEMU_USER, tellOwner } from './examine-script.ts'
import { findMount, type MountFacts } from './mount-table.ts'
import { isMountedByLibvirt } from './pool-xml.ts'
import { fetchQemuOwner } from './qemu-owner.ts'
import { runAsRootOrFail } from './root-script.ts'
import type { DomainPool, DomainSpace, HostCallOptions, StorageHost } from './types.ts'

const TABLE_BYTES = 512 * 1024
const TABLE = `head -c ${TABLE_BYTES} /proc/self/mountinfo`
const NETWORK = /^(nfs|cifs|smb3|fuse\.|ceph|ocfs2|gfs2|lustre)/
const REFRESH_TIMEOUT_MS = 60_000
/** `VIR_STORAGE_POOL_RUNNING`, libvirt/libvirt-storage.h. */
export const POOL_RUNNING = 2

/**
 * How the domain's folder is mounted, as the host's kernel says; null where it lies on a disk of the host's own. Errors: storage.not-mounted,
 * storage.not-answering, …
 */
export async function fetchMounted(
  host: StorageHost,
  pool: DomainPool,
  options: HostCallOptions,
): Promise<MountedAs | null> {
  const { targetPath: path } = pool
  const table = await runAsRootOrFail(host, TABLE, { ...options, path })
  return decideMounted(host, pool, findMount(table, path))
}

/**
 * Lets libvirt look at the folder again, and tells how much is free. Whether the folder answers, is still this domain's, and can still be
 * written by QEMU's user is asked of the host first: libvirt would wait for a server that is gone, and hold up all other pools. Media are
 * only read, so that a domain of them may be read-only.
 * Errors: storage.not-mounted, storage.no-descriptor, storage.other-domain, storage.read-only, storage.not-writable, storage.not-answering, and
 * libvirt's own.
 */
export async function fetchSpace(
  host: StorageHost,
  pool: DomainPool,
  { signal }: HostCallOptions,
): Promise<DomainSpace> {
  const { targetPath: path, id } = pool
  const hostName = host.definition.name
  const script = [
    `p=${shellQuote(path)}; f="$p/.virtdeck/domain.json"`,
    `${tellOwner(await fetchQemuOwner(host, { signal }))}; ${QEMU_USER}`,
    // A look through the user's eyes writes nothing.
    'if [ -n "$u" ] && command -v setpriv >/dev/null; then as test -w "$p" && as test -x "$p" || echo "@denied $u $g $(stat -Lc %u -- "$p") $n"; fi',
    `${TABLE}; echo "@descriptor"; if [ -f "$f" ]; then head -c 65536 -- "$f"; fi`,
  ].join('; ')
  const printed = await runAsRootOrFail(host, script, { path, signal })
  const at = printed.indexOf('@descriptor\n')
  const before = printed.slice(0, Math.max(0, at))
  const mount = findMount(before, path)
  decideMounted(host, pool, mount)
  const text = at === -1 ? '' : printed.slice(at + '@descriptor\n'.length)
  if (text === '') throw new AppError('storage.no-descriptor', { hostName, path }, { hostId: host.id })
  const found = parseDescriptor(text, { hostName, path })
  if (found.id !== id) {
    const params = { name: found.name, hostName, path, foundId: found.id }
    throw new AppError('storage.other-domain', params, { hostId: host.id })
  }
  const refusal = found.type === 'iso' ? null : decideStillWritable(host, pool, mount, before)
  if (refusal !== null) throw refusal
  const storage = host.family('storage')
  const limits = { timeoutMs: REFRESH_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
  const { pool: named } = await storage.call('STORAGE_POOL_LOOKUP_BY_UUID', { uuid: id }, limits)
  const fetchInfo = () => storage.call('STORAGE_POOL_GET_INFO', { pool: named }, limits)
  try {
    await storage.call('STORAGE_POOL_REFRESH', { pool: named, flags: 0 }, limits)
  } catch (error) {
    // Libvirt stops a pool that it could not look into. One that still runs is being worked on: a volume is made, copied or wiped there, and
    // what is known of it stays as it is until that is over.
    if (!isLibvirtError(error, 'internal') || (await fetchInfo()).state !== POOL_RUNNING) throw error
  }
  const info = await fetchInfo()
  return {
    capacityBytes: Number(info.capacity),
    allocationBytes: Number(info.allocation),
    availableBytes: Number(info.available),
  }
}

/** Why QEMU could not write there any more, by what the look has printed; null: it can, or nobody can say. Pure. */
export function decideStillWritable(
  host: Pick<StorageHost, 'id' | 'definition'>,
  { storage, targetPath }: Pick<DomainPool, 'storage' | 'targetPath'>,
  mount: Pick<MountFacts, 'readOnly'> | null,
  printed: string,
): AppError | null {
  const hostName = host.definition.name
  // On the server it has another name.
  const path = storage.kind === 'nfs' ? storage.export : targetPath
  const options = { hostId: host.id }
  if (mount?.readOnly === true) return new AppError('storage.read-only', { hostName, path }, options)
  const [, userId, groupId, ownerId, name] = /^@denied (\d+) (\d+) (\d*) ?(\S{0,64})$/m.exec(printed) ?? []
  if (userId === undefined) return null
  const quoted = shellQuote(path)
  const remedy = ownerId === userId ? `chmod u+rwx ${quoted}` : `chown ${userId}:${groupId} ${quoted}`
  return new AppError('storage.not-writable', { hostName, path, qemuUser: name || userId, remedy }, options)
}

function decideMounted(host: StorageHost, pool: DomainPool, mount: MountFacts | null): MountedAs | null {
  const { targetPath: path } = pool
  const isThere = mount !== null && (!isMountedByLibvirt(pool.storage) || mount.mountPoint === path)
  if (!isThere) {
    throw new AppError('storage.not-mounted', { hostName: host.definition.name, path }, { hostId: host.id })
  }
  return NETWORK.test(mount.fileSystem) ? { version: mount.version, options: mount.options } : null
}
