import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import { isLibvirtError } from '../errors.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import { Connection } from './connection.ts'
import { createConnectionFace } from './connection-face.ts'
import type { LibvirtConnection, OpenOptions } from './connection-types.ts'
import { KEEPALIVE_DEFAULT } from './keepalive.ts'

/** `remote_auth_type`. */
const authentication = { none: 0, sasl: 1, polkit: 2 } as const
const AUTHENTICATION_NAMES = ['none', 'sasl', 'polkit']

/** `VIR_DRV_FEATURE_PROGRAM_KEEPALIVE`. Asking for it also starts the daemon's own pings. */
const FEATURE_KEEPALIVE = 10

/** `VIR_CONNECT_RO`. */
const FLAG_READ_ONLY = 1

/**
 * Opens a libvirt connection over `transport`, a byte stream to a daemon's socket that nothing was sent on yet:
 * authentication, keepalive, open. The connection owns the transport from here on, and destroys it when this fails.
 *
 * Rejects with AppError: `libvirt.authentication-unsupported`, `libvirt.authentication-denied`, and what `call`
 * rejects with. `timeoutMs` is for each step.
 */
export async function openLibvirt(transport: Duplex, options: OpenOptions = {}): Promise<LibvirtConnection> {
  const connection = new Connection(transport)
  try {
    await authenticate(connection, options)
    await startKeepalive(connection, options)
    const name = options.uri ?? 'qemu:///system'
    const flags = options.readOnly ? FLAG_READ_ONLY : 0
    await connection.call(procedures.CONNECT_OPEN, { name, flags }, options)
    if (options.closeEvents) await askForCloseEvents(connection, options)
  } catch (error) {
    connection.end(new AppError('libvirt.connection-closed', { reason: 'opening failed' }, { cause: error }))
    throw error
  }
  return createConnectionFace(connection)
}

async function authenticate(connection: Connection, options: CallOptions): Promise<void> {
  const { types } = await connection.call(procedures.AUTH_LIST, {}, options)
  if (types.includes(authentication.none)) return
  if (!types.includes(authentication.polkit)) {
    const offered = types.map((type) => AUTHENTICATION_NAMES[type] ?? String(type)).join(', ')
    throw new AppError('libvirt.authentication-unsupported', { offered })
  }
  try {
    await connection.call(procedures.AUTH_POLKIT, {}, options)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    throw new AppError('libvirt.authentication-denied', { message: error.params.message }, { cause: error })
  }
}

async function startKeepalive(connection: Connection, options: OpenOptions): Promise<void> {
  const { keepalive = KEEPALIVE_DEFAULT } = options
  if (keepalive === 'off') return
  const feature = { feature: FEATURE_KEEPALIVE }
  const { supported } = await connection.call(procedures.CONNECT_SUPPORTS_FEATURE, feature, options)
  if (supported !== 0) connection.startKeepalive(keepalive)
}

async function askForCloseEvents(connection: Connection, options: OpenOptions): Promise<void> {
  try {
    await connection.call(procedures.CONNECT_REGISTER_CLOSE_CALLBACK, {}, options)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
  }
}
