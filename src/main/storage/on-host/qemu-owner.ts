import { parseQemuOwner } from '../../xml/index.ts'
import type { QemuOwner } from './examine-script.ts'
import type { HostCallOptions, StorageHost } from './types.ts'

/** By connection: it stays as it is while libvirt runs, and is asked for at every look. */
const known = new WeakMap<object, QemuOwner | null>()

/** Whom the host runs QEMU as, as its libvirt says; null where it does not say. Errors: those of a libvirt call. */
export async function fetchQemuOwner(
  host: Pick<StorageHost, 'control'>,
  { signal }: HostCallOptions,
): Promise<QemuOwner | null> {
  const connection = host.control()
  const told = known.get(connection)
  if (told !== undefined) return told
  const options = signal === undefined ? {} : { signal }
  const { capabilities } = await connection.call('CONNECT_GET_CAPABILITIES', {}, options)
  const owner = parseQemuOwner(capabilities)
  known.set(connection, owner)
  return owner
}
