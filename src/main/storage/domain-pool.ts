import {
  type DomainStorage,
  isBlockStorage,
  type StorageDomainDefinition,
  type StorageDomainId,
} from '../../shared/domain/index.ts'
import { groupOf } from './on-host/block/index.ts'
import { isMountedByLibvirt } from './on-host/pool-xml.ts'
import type { DomainPool } from './on-host/types.ts'

/** Where libvirt mounts what it mounts for us. */
const MOUNT_FOLDER = '/var/lib/virtdeck/domains'
const NAME_LIMIT = 40

/** The storage pool that a domain is on every host. Pure. */
export function poolOf({ id, poolName, targetPath, storage }: StorageDomainDefinition): DomainPool {
  return { id, poolName, targetPath, storage }
}

/** A pool for a domain: its name can be read by whoever lists pools on the host, and meets no other. Pure. */
export function decidePool(id: StorageDomainId, name: string, storage: DomainStorage): DomainPool {
  const word = name
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, NAME_LIMIT)
  const poolName = `${word === '' ? 'domain' : word}-${id.slice(0, 8)}`
  return { id, poolName, targetPath: decideTargetPath(id, storage), storage }
}

function decideTargetPath(id: StorageDomainId, storage: DomainStorage): string {
  // Where LVM shows the volumes of a group.
  if (isBlockStorage(storage)) return `/dev/${groupOf(id)}`
  if (storage.kind === 'nfs' || isMountedByLibvirt(storage)) return `${MOUNT_FOLDER}/${id}`
  return trimPath(storage.path)
}

/** Without the slash at its end. Pure. */
function trimPath(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

/** What names the place on the network or on the hosts: equal for the same place. Pure. */
export function placeOf(storage: DomainStorage): { readonly root: string; readonly path: string } {
  if (isBlockStorage(storage)) return { root: '', path: storage.lunIds.join(', ') }
  if (storage.kind === 'nfs') return { root: storage.server.toLowerCase(), path: trimPath(storage.export) }
  if (storage.kind === 'posix' && storage.source !== undefined) return { root: storage.source, path: '/' }
  return { root: '', path: trimPath(storage.path) }
}

/** Is one place the other, inside of it or around it? Pure. */
export function decideOverlap(one: DomainStorage, other: DomainStorage): 'same' | 'nested' | 'apart' {
  if (isBlockStorage(one) || isBlockStorage(other)) {
    const isShared = isBlockStorage(one) && isBlockStorage(other) && one.lunIds.some((id) => other.lunIds.includes(id))
    return isShared ? 'same' : 'apart'
  }
  const [a, b] = [placeOf(one), placeOf(other)]
  if (a.root !== b.root) return 'apart'
  if (a.path === b.path) return 'same'
  const isWithin = (inner: string, outer: string) => inner.startsWith(outer === '/' ? '/' : `${outer}/`)
  return isWithin(a.path, b.path) || isWithin(b.path, a.path) ? 'nested' : 'apart'
}
