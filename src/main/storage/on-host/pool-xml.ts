import type { DomainStorage } from '../../../shared/domain/index.ts'
import { fileStorageOf } from './file-storage.ts'
import type { DomainPool } from './types.ts'

/** True where libvirt mounts the file system; else it is there by the host's own means. */
export function isMountedByLibvirt(storage: DomainStorage): boolean {
  return storage.kind === 'nfs' || (storage.kind === 'posix' && storage.source !== undefined)
}

/**
 * The description of a domain's pool. The version of NFS is given as a mount option: the element for it takes whole numbers only.
 * https://libvirt.org/formatstorage.html. Pure.
 */
export function buildPoolXml(pool: DomainPool, nfsVersion: string | null): string {
  const { id, poolName, targetPath } = pool
  const storage = fileStorageOf(pool.storage)
  const identity = `<name>${escapeXml(poolName)}</name><uuid>${escapeXml(id)}</uuid>`
  const target = `<target><path>${escapeXml(targetPath)}</path></target>`
  if (!isMountedByLibvirt(storage)) return `<pool type='dir'>${identity}${target}</pool>`
  const { host, path, format } = decideSource(storage)
  const source = `<source><host name='${escapeXml(host)}'/><dir path='${escapeXml(path)}'/><format type='${escapeXml(format)}'/></source>`
  const options = mountOptions(storage, nfsVersion)
  const mount =
    options.length === 0
      ? ''
      : `<fs:mount_opts>${options.map((option) => `<fs:option name='${escapeXml(option)}'/>`).join('')}</fs:mount_opts>`
  return `<pool type='netfs' xmlns:fs='http://libvirt.org/schemas/storagepool/fs/1.0'>${identity}${source}${target}${mount}</pool>`
}

/** What the file system is mounted with beside what libvirt gives by itself. Pure. */
export function mountOptions(of: DomainStorage, nfsVersion: string | null): readonly string[] {
  const storage = fileStorageOf(of)
  if (storage.kind === 'local') return []
  const own = (storage.mountOptions ?? '').split(',').filter((option) => option !== '')
  return nfsVersion === null ? own : [`vers=${nfsVersion}`, ...own]
}

/** Of "server:/path", "[fe80::1]:/path", "server:volume", "//server/share". Pure. */
export function decideSource(of: DomainStorage): {
  readonly host: string
  readonly path: string
  readonly format: string
} {
  const storage = fileStorageOf(of)
  if (storage.kind === 'nfs') return { host: storage.server, path: storage.export, format: 'nfs' }
  if (storage.kind === 'local') return { host: '', path: storage.path, format: 'auto' }
  const source = storage.source ?? ''
  const format = storage.fileSystem ?? 'glusterfs'
  const share = /^\/\/([^/]+)\/(.+)$/.exec(source)
  if (share !== null) return { host: share[1] ?? '', path: share[2] ?? '', format }
  const at = source.lastIndexOf(':')
  return { host: source.slice(0, Math.max(0, at)).replace(/^\[|\]$/g, ''), path: source.slice(at + 1), format }
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;')
}
