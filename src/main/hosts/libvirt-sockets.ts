import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import type { LibvirtMode } from '../../shared/domain/index.ts'

/** The monolithic daemon's socket, then the modular one's, as they are called in every folder. */
const NAMES = ['libvirt-sock', 'virtqemud-sock']

/** Where the system daemon listens. */
export const SYSTEM_SOCKETS: readonly string[] = NAMES.map((name) => `/run/libvirt/${name}`)

/** Where the session daemon of a user listens who has this runtime folder (`$XDG_RUNTIME_DIR`). */
export function sessionSockets(runtimeFolder: string): readonly string[] {
  return NAMES.map((name) => `${runtimeFolder}/libvirt/${name}`)
}

/** The URI that a daemon of that mode is opened with. */
export function libvirtUri(mode: LibvirtMode): string {
  return mode === 'system' ? 'qemu:///system' : 'qemu:///session'
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
