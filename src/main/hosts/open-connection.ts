import { AppError, isAppError } from '../../shared/errors/index.ts'
import { isLibvirtError, type KeepaliveSettings, type LibvirtConnection, openLibvirt } from '../libvirt/index.ts'
import type { HostRoute, OpenLibvirtOptions } from './host-route.ts'
import { findUnreachedSocket } from './link-errors.ts'

export interface OpenConnectionOptions extends Pick<OpenLibvirtOptions, 'family' | 'anew'> {
  readonly address: string
  readonly timeoutMs: number
  readonly keepalive?: KeepaliveSettings | 'off' | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens one libvirt connection over a route. Errors: those of `openLibvirt`, of the route, and host.libvirt-not-answering,
 * host.libvirt-not-running, host.no-qemu.
 */
export async function openConnection(route: HostRoute, options: OpenConnectionOptions): Promise<LibvirtConnection> {
  const { address, family, anew, timeoutMs, signal, keepalive } = options
  const limits = { timeoutMs, ...(signal === undefined ? {} : { signal }) }
  const { transport, uri } = await route.openLibvirt({ family, anew, ...limits })
  try {
    return await openLibvirt(transport, {
      uri,
      // A stream ends by itself when its driver does.
      closeEvents: keepalive !== 'off',
      ...limits,
      ...(keepalive === undefined ? {} : { keepalive }),
    })
  } catch (error) {
    if (isAppError(error, 'libvirt.call-timed-out')) {
      throw new AppError('host.libvirt-not-answering', { address, timeoutMs }, { retry: 'safe', cause: error })
    }
    // A proxy answers, and the daemon behind it is not there: it may be starting anew.
    const socket = findUnreachedSocket(error)
    if (socket !== null) {
      throw new AppError('host.libvirt-not-running', { address, socket }, { retry: 'safe', cause: error })
    }
    if (family === undefined && (isLibvirtError(error, 'noConnection') || isLibvirtError(error, 'noSupport'))) {
      throw new AppError('host.no-qemu', { address }, { cause: error })
    }
    throw error
  }
}
