import { domainReference, type HostLink, isLibvirtError, type LibvirtConnection } from '../hosts/index.ts'
import type { ActedOn } from '../vm/index.ts'
import { parseSnapshot, type SnapshotDefinition, XmlError } from '../xml/index.ts'

const READ_TIMEOUT_MS = 10_000
/** Each is asked for by itself: of more than these only the names are told. */
const DETAILS_LIMIT = 512
const NAMES_LIMIT = 4_096

/** A snapshot as libvirt tells of it now. */
export interface FoundSnapshot extends SnapshotDefinition {
  readonly isCurrent: boolean
  /** False: only its name is known. */
  readonly isRead: boolean
}

/**
 * The snapshots that libvirt knows of a VM, whether it runs or not. Over a connection of its own, like all that storage may hold
 * up. Empty where the driver has none. Errors: those of `call` and of opening a connection, but not the daemon's refusals.
 */
export async function fetchSnapshots(link: HostLink, vm: ActedOn, signal: AbortSignal): Promise<FoundSnapshot[]> {
  const connection = await link.openConnection({ signal })
  try {
    const dom = domainReference({ name: vm.name, uuid: vm.id })
    return await readSnapshots(connection, dom, { timeoutMs: READ_TIMEOUT_MS, signal })
  } finally {
    await connection.close()
  }
}

type Options = { readonly timeoutMs: number; readonly signal: AbortSignal }
type Reference = ReturnType<typeof domainReference>

async function readSnapshots(
  connection: LibvirtConnection,
  dom: Reference,
  options: Options,
): Promise<FoundSnapshot[]> {
  const listed = await unlessRefused(
    connection.call('DOMAIN_LIST_ALL_SNAPSHOTS', { dom, need_results: 1, flags: 0 }, options),
  )
  const found: FoundSnapshot[] = []
  if (listed === null || listed.snapshots.length === 0) return found
  const current = await unlessRefused(connection.call('DOMAIN_SNAPSHOT_CURRENT', { dom, flags: 0 }, options))
  for (const snap of listed.snapshots.slice(0, NAMES_LIMIT)) {
    const told =
      found.length < DETAILS_LIMIT
        ? await unlessRefused(connection.call('DOMAIN_SNAPSHOT_GET_XML_DESC', { snap, flags: 0 }, options))
        : null
    const read = readDetails(told?.xml)
    const isCurrent = snap.name === current?.snap.name
    found.push({ ...(read ?? NOTHING_READ), name: snap.name, isCurrent, isRead: read !== null })
  }
  return found
}

const NOTHING_READ: Omit<SnapshotDefinition, 'name'> = {
  description: null,
  state: null,
  createdAt: null,
  parent: null,
  memory: { kind: 'no', file: null },
  disks: [],
  domainXml: null,
  sources: new Map(),
}

function readDetails(xml: string | undefined): SnapshotDefinition | null {
  try {
    return xml === undefined ? null : parseSnapshot(xml)
  } catch (error) {
    if (error instanceof XmlError) return null
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
