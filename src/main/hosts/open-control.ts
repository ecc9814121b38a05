import { AppError, isAppError } from '../../shared/errors/index.ts'
import { isLibvirtError, type KeepaliveSettings, type LibvirtConnection, openLibvirt } from '../libvirt/index.ts'
import type { HostRoute } from './host-route.ts'

export interface OpenConnectionOptions {
  readonly uri: string
  readonly address: string
  readonly timeoutMs: number
  readonly keepalive?: KeepaliveSettings | 'off' | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens one libvirt connection over a route. Errors: those of `openLibvirt`, of the route, and host.libvirt-not-answering,
 * host.no-qemu.
 */
export async function openConnection(route: HostRoute, options: OpenConnectionOptions): Promise<LibvirtConnection> {
  const { uri, address, timeoutMs, signal, keepalive } = options
  const limits = { timeoutMs, ...(signal === undefined ? {} : { signal }) }
  const transport = await route.openLibvirt(limits)
  try {
    // A stream ends by itself when its driver does.
    const closeEvents = keepalive !== 'off'
    return await openLibvirt(transport, {
      uri,
      closeEvents,
      ...limits,
      ...(keepalive === undefined ? {} : { keepalive }),
    })
  } catch (error) {
    if (isAppError(error, 'libvirt.call-timed-out')) {
      throw new AppError('host.libvirt-not-answering', { address, timeoutMs }, { retry: 'safe', cause: error })
    }
    // A proxy answers, and the daemon behind it is not there: it may be starting anew.
    const socket = isLibvirtError(error, 'system') ? findUnreachedSocket(error.params.message) : null
    if (socket !== null)
      throw new AppError('host.libvirt-not-running', { address, socket }, { retry: 'safe', cause: error })
    if (isLibvirtError(error, 'noConnection') || isLibvirtError(error, 'noSupport')) {
      throw new AppError('host.no-qemu', { address }, { cause: error })
    }
    throw error
  }
}

/** The socket that a daemon says it could not connect to; null when it says something else. Pure. */
export function findUnreachedSocket(message: string): string | null {
  return /^Failed to connect socket to '([^']{1,200})'/.exec(message)?.[1] ?? null
}
