import type { FileStorage } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { printable } from './root-script.ts'
import type { StorageHost } from './types.ts'

/** NFS versions that a domain may have, best first. */
export const NFS_VERSIONS = { auto: ['4.2', '4.1'], '4.2': ['4.2'], '4.1': ['4.1'], '3': ['3'] } as const

export type MountTrouble = 'unreachable' | 'export' | 'version' | 'client' | 'other'

const MESSAGE_CHARACTERS = 500

/** What mount(8), mount.nfs and mount.glusterfs print in the C locale. */
const MESSAGES: readonly (readonly [MountTrouble, RegExp])[] = [
  ['client', /unknown filesystem type|need a \/sbin\/mount\.|No such device|mount program: not found/i],
  ['version', /Protocol not supported|version or transport protocol is not supported|Protocol family not supported/i],
  ['export', /access denied by server|reason given by server: No such file|No such file or directory/i],
  [
    'unreachable',
    // EAGAIN: nobody tells what the server's name leads to.
    /Resource temporarily unavailable|timed? ?out|Connection refused|No route to host|Network is unreachable|Host is down|Failed to resolve|Name or service not known|Temporary failure in name resolution|Connection reset|Unable to receive|Remote I\/O|DNS resolution failed|Transport endpoint is not connected/i,
  ],
]

/** Why a mount failed, by what the host's mount command said. Pure. */
export function classifyMountMessage(message: string): MountTrouble {
  return MESSAGES.find(([, pattern]) => pattern.test(message))?.[0] ?? 'other'
}

/** The error for a mount that failed on a host. Pure. */
export function decideMountError(
  host: Pick<StorageHost, 'id' | 'definition'>,
  storage: FileStorage,
  message: string,
  cause?: unknown,
): AppError {
  const hostName = host.definition.name
  const options = { hostId: host.id, retry: 'safe', cause } as const
  const said = printable(message).slice(0, MESSAGE_CHARACTERS)
  const trouble = classifyMountMessage(message)
  if (trouble === 'client') {
    const packages = storage.kind === 'nfs' ? 'nfs-common' : `${clientOf(storage)}`
    return new AppError('storage.nfs-client-missing', { hostName, remedy: `apt-get install ${packages}` }, options)
  }
  if (storage.kind !== 'nfs') {
    const source = storage.kind === 'posix' ? (storage.source ?? storage.path) : storage.path
    return trouble === 'unreachable'
      ? new AppError('storage.server-unreachable', { hostName, server: source, reason: said }, options)
      : new AppError('storage.mount-failed', { hostName, source, message: said }, options)
  }
  const { server, export: path, version } = storage
  switch (trouble) {
    case 'unreachable':
      return new AppError('storage.server-unreachable', { hostName, server, reason: said }, options)
    case 'export':
      return new AppError('storage.export-missing', { hostName, server, path }, options)
    case 'version':
      return new AppError(
        'storage.nfs-version',
        { hostName, server, path, version: NFS_VERSIONS[version].join(', ') },
        options,
      )
    case 'other':
      return new AppError('storage.mount-failed', { hostName, source: `${server}:${path}`, message: said }, options)
  }
}

function clientOf(storage: FileStorage): string {
  return storage.kind === 'posix' && storage.fileSystem === 'cifs' ? 'cifs-utils' : 'glusterfs-client'
}
