import { access, constants } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path/posix'
import type { LibvirtMode } from '../../shared/domain/index.ts'
import { type DriverFamily, familyTraits } from './driver-family.ts'

/** The hypervisor's own daemon, where daemons are modular. */
const HYPERVISOR_SOCKET = 'virtqemud-sock'
/** In order of preference. The other one is the monolithic daemon's, or that of a proxy in front of modular ones. */
const NAMES = [HYPERVISOR_SOCKET, 'libvirt-sock']

/** Where the system daemon listens. */
export const SYSTEM_SOCKETS: readonly string[] = NAMES.map((name) => `/run/libvirt/${name}`)

/** Where the session daemon of a user listens who has this runtime folder (`$XDG_RUNTIME_DIR`). */
export function sessionSockets(runtimeFolder: string): readonly string[] {
  return NAMES.map((name) => `${runtimeFolder}/libvirt/${name}`)
}

/** The URI that the hypervisor's daemon of that mode is opened with. */
export function libvirtUri(mode: LibvirtMode): string {
  return `qemu:///${mode}`
}

/** The URI that a driver's own daemon is opened with. */
export function familyUri(family: DriverFamily, mode: LibvirtMode): string {
  return `${familyTraits[family].scheme}:///${mode}`
}

/**
 * Where a driver's own daemon listens, on a host whose hypervisor was reached at `hypervisorSocket`. Null: the daemon there has
 * all drivers, or reaches them itself.
 */
export function familySocket(family: DriverFamily, hypervisorSocket: string): string | null {
  if (basename(hypervisorSocket) !== HYPERVISOR_SOCKET) return null
  return join(dirname(hypervisorSocket), `${familyTraits[family].daemon}-sock`)
}

/** The sockets to try on this computer. */
export function localSockets(
  mode: LibvirtMode,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (mode === 'system') return SYSTEM_SOCKETS
  const runtimeFolder = environment.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`
  const cacheFolder = environment.XDG_CACHE_HOME ?? join(environment.HOME ?? '/', '.cache')
  return [...sessionSockets(runtimeFolder), ...NAMES.map((name) => join(cacheFolder, 'libvirt', name))]
}

/** This computer's system libvirt socket when there is one that we may open, else null (always null but on Linux). */
export async function findLocalSocket(paths: readonly string[] = SYSTEM_SOCKETS): Promise<string | null> {
  if (process.platform !== 'linux') return null
  for (const path of paths) {
    const usable = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    )
    if (usable) return path
  }
  return null
}
