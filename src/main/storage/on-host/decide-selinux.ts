import { AppError } from '../../../shared/errors/index.ts'
import type { MountFacts } from './mount-table.ts'
import type { FolderFacts } from './storage-facts.ts'

/**
 * By file system, the boolean of SELinux's policy that lets QEMU use files of it: they carry no label of their own there. libvirt's page on
 * SELinux (https://libvirt.org/drvqemu.html, "SELinux basic confinement") tells of them.
 */
export const SELINUX_BOOLEANS = { nfs: 'virt_use_nfs', cifs: 'virt_use_samba', fuse: 'virt_use_fusefs' } as const

/** Reads lines "boolean 1"; null where there is none: SELinux does not enforce. A boolean that the policy does not have is left out. Pure. */
export function parseSelinux(lines: readonly string[]): ReadonlyMap<string, boolean> | null {
  if (lines.length === 0) return null
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^(virt_use_[a-z]{1,20}) ([01])$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value === '1'] as const]
    }),
  )
}

/** Refuses a file system that the host's SELinux keeps from QEMU, with the command that lets it. Pure. */
export function decideSelinux(
  { hostId, hostName, path }: { readonly hostId: string; readonly hostName: string; readonly path: string },
  { selinux, mount }: Pick<FolderFacts, 'selinux' | 'mount'>,
): AppError | null {
  const name = mount === null ? null : booleanOf(mount)
  if (name === null || selinux?.get(name) !== false) return null
  const remedy = `setsebool -P ${name} on`
  return new AppError('storage.selinux-refuses', { hostName, path, name, remedy }, { hostId })
}

function booleanOf({ fileSystem, options }: MountFacts): string | null {
  // Where the server keeps labels, libvirt gives each file its own (NFS 4.2).
  if (options.split(',').includes('seclabel')) return null
  if (/^nfs4?$/.test(fileSystem)) return SELINUX_BOOLEANS.nfs
  if (/^(cifs|smb3)$/.test(fileSystem)) return SELINUX_BOOLEANS.cifs
  return /^fuse\b/.test(fileSystem) ? SELINUX_BOOLEANS.fuse : null
}
