import type { DomainStorage } from './storage-domain.ts'

/**
 * Why a mount option is not for a storage domain. `secret`: definitions of pools are readable by whoever may look at the host, and
 * stored in the inventory. `identity`: it changes as whom files are read and written, which hides who may use them. `managed`: it
 * is chosen here, or libvirt's safety depends on it.
 */
export type MountOptionRefusal = 'secret' | 'identity' | 'managed'

const REFUSED: Readonly<Record<string, MountOptionRefusal>> = {
  ...refusedFor('secret', 'pass', 'passwd', 'password', 'password2'),
  ...refusedFor(
    'identity',
    'sec',
    'user',
    'username',
    'domain',
    'dom',
    'workgroup',
    'cruid',
    'backupuid',
    'backupgid',
    'multiuser',
    'idsfromsid',
    'cifsacl',
    'modefromsid',
    'noperm',
    'dynperm',
    'uid',
    'gid',
    'forceuid',
    'forcegid',
    'acl-mask',
  ),
  ...refusedFor('managed', 'vers', 'nfsvers', 'minorversion', 'nolock', 'local_lock', 'nobrl'),
  ...refusedFor('managed', 'ro', 'remount', 'bind', 'rbind', 'move', 'loop', 'suid', 'dev', 'exec', 'users'),
}

/** SMB has no users of Linux: as whom its files are shown is said by whoever mounts it. */
const SMB_ALLOWED: ReadonlySet<string> = new Set(['uid', 'gid', 'forceuid', 'forcegid', 'vers'])

function refusedFor(
  why: MountOptionRefusal,
  ...names: readonly string[]
): Readonly<Record<string, MountOptionRefusal>> {
  return Object.fromEntries(names.map((name) => [name, why]))
}

/** The first of the options that a domain there cannot be mounted with, and why. Null: all can. Pure. */
export function findRefusedMountOption(
  storage: DomainStorage,
  options: string = mountOptionsOf(storage),
): { readonly option: string; readonly why: MountOptionRefusal } | null {
  const isSmb = storage.kind === 'posix' && storage.fileSystem === 'cifs'
  for (const option of options.split(',')) {
    const name = (option.split('=')[0] ?? '').trim().toLowerCase()
    if (isSmb && SMB_ALLOWED.has(name)) continue
    // That is what is without the option, too.
    if (option.trim().toLowerCase() === 'sec=sys') continue
    const why = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined
    // What follows may be a secret: the name alone is told.
    if (why !== undefined) return { option: name, why }
  }
  return null
}

function mountOptionsOf(storage: DomainStorage): string {
  return 'mountOptions' in storage ? (storage.mountOptions ?? '') : ''
}
