import type { VmSnapshot } from '../../shared/domain/index.ts'
import {
  type DomainRecord,
  domainReference,
  type HostLink,
  isLibvirtError,
  type LibvirtConnection,
} from '../hosts/index.ts'
import { parseSnapshot, XmlError } from '../xml/index.ts'

const READ_TIMEOUT_MS = 10_000
/** Each is asked for by itself: of more than these only the names are told. */
const DETAILS_LIMIT = 64
const NAMES_LIMIT = 4_096

/**
 * The snapshots that libvirt knows of a VM, whether it runs or not. Over a connection of its own, like all that storage may hold
 * up. Empty where the driver has none. Errors: those of `call` and of opening a connection, but not the daemon's refusals.
 */
export async function fetchSnapshots(
  link: HostLink,
  record: DomainRecord,
  signal: AbortSignal,
): Promise<readonly VmSnapshot[]> {
  const connection = await link.openConnection({ signal })
  try {
    return await readSnapshots(connection, domainReference(record), { timeoutMs: READ_TIMEOUT_MS, signal })
  } finally {
    await connection.close()
  }
}

type Options = { readonly timeoutMs: number; readonly signal: AbortSignal }
type Reference = ReturnType<typeof domainReference>

async function readSnapshots(connection: LibvirtConnection, dom: Reference, options: Options): Promise<VmSnapshot[]> {
  const listed = await unlessRefused(
    connection.call('DOMAIN_LIST_ALL_SNAPSHOTS', { dom, need_results: 1, flags: 0 }, options),
  )
  const found: VmSnapshot[] = []
  if (listed === null || listed.snapshots.length === 0) return found
  const current = await unlessRefused(connection.call('DOMAIN_SNAPSHOT_CURRENT', { dom, flags: 0 }, options))
  for (const snap of listed.snapshots.slice(0, NAMES_LIMIT)) {
    const told =
      found.length < DETAILS_LIMIT
        ? await unlessRefused(connection.call('DOMAIN_SNAPSHOT_GET_XML_DESC', { snap, flags: 0 }, options))
        : null
    const known = { id: snap.name, name: snap.name, isCurrent: snap.name === current?.snap.name }
    found.push({ createdAt: null, state: null, description: null, parent: null, ...readDetails(told?.xml), ...known })
  }
  return found
}

function readDetails(xml: string | undefined): Partial<VmSnapshot> {
  try {
    return xml === undefined ? {} : parseSnapshot(xml)
  } catch (error) {
    if (error instanceof XmlError) return {}
    throw error
  }
}

/** Null where the daemon says no: the driver has no snapshots, or this one has gone meanwhile. */
async function unlessRefused<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return null
  }
}
