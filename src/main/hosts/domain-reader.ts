import type { PendingChange } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Domain, isLibvirtError, type LibvirtConnection, typedParametersToObject } from '../libvirt/index.ts'
import { compareDefinitions, type DomainDefinition, parseDomain, XmlError } from '../xml/index.ts'
import { mapLimit } from './concurrency.ts'
import { type DomainRecord, emptyDefinition } from './domain-record.ts'
import { nameDomainState } from './domain-states.ts'

/** `VIR_DOMAIN_XML_SECURE`: only so that it is known whether a password is set; the password itself is not kept. */
const XML_SECURE = 1
/** `VIR_DOMAIN_XML_INACTIVE`: as it is on disk, where it runs. */
export const XML_INACTIVE = 2
/** `virConnectListAllDomainsFlags`. */
const LIST = { all: 0, persistent: 4, managedSave: 256, autostart: 1_024, snapshots: 4_096 } as const
/** `VIR_DOMAIN_STATS_STATE`: answered without asking QEMU, so it never waits for a hung one. */
const STATS_STATE = 1
/** Definitions read at once; one of the connection's four slots stays free for people. */
const READS_AT_ONCE = 3
const READ_TIMEOUT_MS = 20_000

/** How the reader names a domain to the daemon, which only looks at the UUID. */
export function domainReference(record: Pick<DomainRecord, 'name' | 'uuid'>): Domain {
  return { name: record.name, uuid: record.uuid, id: -1 }
}

interface DomainFlags {
  readonly state: number
  readonly reason: number
  readonly persistent: boolean
  readonly autostart: boolean
  readonly hasManagedSave: boolean
  readonly hasSnapshots: boolean
}

/** What libvirt's lists of domains tell, by UUID. */
export interface DomainLists {
  readonly all: ReadonlyMap<string, Domain>
  readonly persistent: ReadonlySet<string>
  readonly autostart: ReadonlySet<string>
  readonly managedSave: ReadonlySet<string>
  readonly snapshots: ReadonlySet<string>
}

/** Reads the lists of a host's domains: five calls, however many domains there are. Errors: those of `call`. */
export async function fetchDomainLists(connection: LibvirtConnection): Promise<DomainLists> {
  const options = { timeoutMs: READ_TIMEOUT_MS }
  const list = async (flags: number) =>
    (await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags }, options)).domains
  const uuids = async (flags: number) => new Set((await list(flags)).map((domain) => domain.uuid))
  const [domains, persistent, autostart, managedSave, snapshots] = await Promise.all([
    list(LIST.all),
    uuids(LIST.persistent),
    uuids(LIST.autostart),
    uuids(LIST.managedSave),
    uuids(LIST.snapshots),
  ])
  const all = new Map(domains.map((domain) => [domain.uuid, domain]))
  return { all, persistent, autostart, managedSave, snapshots }
}

/**
 * Reads all domains of a host: six calls for all that a list can tell, then each definition. A domain that goes away
 * meanwhile is left out. Errors: those of `call`.
 */
export async function fetchAllDomains(connection: LibvirtConnection, now: () => number): Promise<DomainRecord[]> {
  const [{ all, persistent, autostart, managedSave, snapshots }, states] = await Promise.all([
    fetchDomainLists(connection),
    fetchStates(connection),
  ])
  const records = await mapLimit([...all.values()], READS_AT_ONCE, async (domain) => {
    const known = states.get(domain.uuid) ?? (await fetchState(connection, domain))
    if (known === null) return null
    return buildRecord(connection, domain, now, {
      ...known,
      persistent: persistent.has(domain.uuid),
      autostart: autostart.has(domain.uuid),
      hasManagedSave: managedSave.has(domain.uuid),
      hasSnapshots: snapshots.has(domain.uuid),
    })
  })
  return records.filter((record) => record !== null)
}

/**
 * Reads one domain; null when the host has none with that UUID. `name` is what it was last called, or null when nobody
 * knows. Errors: those of `call`.
 */
export async function fetchDomain(
  connection: LibvirtConnection,
  uuid: string,
  name: string | null,
  now: () => number,
): Promise<DomainRecord | null> {
  const options = { timeoutMs: READ_TIMEOUT_MS }
  return unlessGone(async () => {
    const dom: Domain =
      name === null ? (await connection.call('DOMAIN_LOOKUP_BY_UUID', { uuid }, options)).dom : { name, uuid, id: -1 }
    const [state, { persistent }, { autostart }, { result: managedSave }, { num: snapshots }, definition] =
      await Promise.all([
        connection.call('DOMAIN_GET_STATE', { dom, flags: 0 }, options),
        connection.call('DOMAIN_IS_PERSISTENT', { dom }, options),
        connection.call('DOMAIN_GET_AUTOSTART', { dom }, options),
        // Not every driver has saved states, or snapshots.
        connection
          .call('DOMAIN_HAS_MANAGED_SAVE_IMAGE', { dom, flags: 0 }, options)
          .catch(unlessUnsupported({ result: 0 })),
        connection.call('DOMAIN_SNAPSHOT_NUM', { dom, flags: 0 }, options).catch(unlessUnsupported({ num: 0 })),
        fetchDefinition(connection, dom),
      ])
    if (definition === null) return null
    const record = recordOf(dom, definition, now, {
      ...state,
      persistent: persistent !== 0,
      autostart: autostart !== 0,
      hasManagedSave: managedSave !== 0,
      hasSnapshots: snapshots > 0,
    })
    return { ...record, pending: await fetchPending(connection, record) }
  })
}

/** Whether a domain has a definition on disk beside that by which it runs. */
export function hasTwoDefinitions(record: DomainRecord): boolean {
  return record.persistent && record.definitionError === null && record.definition.domainId !== null
}

/** What waits for a domain's next start; null where nothing can, or the host does not tell. Errors: those of the connection. */
export async function fetchPending(
  connection: LibvirtConnection,
  record: DomainRecord,
): Promise<readonly PendingChange[] | null> {
  if (!hasTwoDefinitions(record)) return null
  const xml = await fetchDomainXml(connection, domainReference(record), XML_INACTIVE)
  if (xml === null) return null
  try {
    return compareDefinitions(record.definition, parseDomain(xml))
  } catch (error) {
    if (error instanceof XmlError) return null
    throw error
  }
}

async function fetchStates(
  connection: LibvirtConnection,
): Promise<ReadonlyMap<string, { state: number; reason: number }>> {
  try {
    const { retStats } = await connection.call('CONNECT_GET_ALL_DOMAIN_STATS', {
      doms: [],
      stats: STATS_STATE,
      flags: 0,
    })
    const states = retStats.map(({ dom, params }) => {
      const values = typedParametersToObject(params)
      return [dom.uuid, { state: Number(values['state.state']), reason: Number(values['state.reason']) }] as const
    })
    return new Map(states)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return new Map()
  }
}

async function fetchState(
  connection: LibvirtConnection,
  dom: Domain,
): Promise<{ state: number; reason: number } | null> {
  return unlessGone(() => connection.call('DOMAIN_GET_STATE', { dom, flags: 0 }, { timeoutMs: READ_TIMEOUT_MS }))
}

async function buildRecord(
  connection: LibvirtConnection,
  dom: Domain,
  now: () => number,
  flags: DomainFlags,
): Promise<DomainRecord | null> {
  const definition = await fetchDefinition(connection, dom)
  return definition === null ? null : recordOf(dom, definition, now, flags)
}

function recordOf(
  dom: Domain,
  definition: DomainDefinition | AppError,
  now: () => number,
  flags: DomainFlags,
): DomainRecord {
  const readable = !(definition instanceof AppError)
  const state = nameDomainState(flags.state, flags.reason)
  return {
    uuid: dom.uuid,
    name: readable ? definition.name : dom.name,
    ...state,
    persistent: flags.persistent,
    autostart: flags.autostart,
    // libvirt removes the saved state a moment after the last event of a restore, so that nothing would tell.
    hasManagedSave: flags.hasManagedSave && state.state !== 'running',
    hasSnapshots: flags.hasSnapshots,
    definition: readable ? definition : emptyDefinition(dom.name, dom.uuid),
    definitionError: readable ? null : definition,
    pending: null,
    readAt: now(),
  }
}

/** Null when the domain is gone; an error as a value when it is there and its definition cannot be had. */
async function fetchDefinition(
  connection: LibvirtConnection,
  dom: Domain,
): Promise<DomainDefinition | AppError | null> {
  try {
    return parseDomain(await readXml(connection, dom))
  } catch (error) {
    if (error instanceof XmlError) {
      return new AppError('vm.definition-unreadable', { name: dom.name, detail: error.message }, { cause: error })
    }
    if (!isLibvirtError(error)) throw error
    return isLibvirtError(error, 'noDomain') ? null : error
  }
}

/** By what a machine is known, wherever it is defined. */
export interface GuestIdentity {
  readonly uuid: string
  readonly name: string
  readonly macAddresses: readonly string[]
}

/** Reads which machines a host has; of those behind the first `limit` no network cards. Errors: those of `call`. */
export async function fetchGuestIdentities(connection: LibvirtConnection, limit: number): Promise<GuestIdentity[]> {
  const options = { timeoutMs: READ_TIMEOUT_MS }
  const { domains } = await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags: LIST.all }, options)
  const identify = async (dom: Domain, definition: DomainDefinition | AppError | null): Promise<GuestIdentity> => {
    const nics = definition === null || definition instanceof AppError ? [] : definition.nics
    return { uuid: dom.uuid, name: dom.name, macAddresses: nics.map(({ macAddress }) => macAddress) }
  }
  const read = await mapLimit(domains.slice(0, limit), READS_AT_ONCE, async (dom) =>
    identify(dom, await fetchDefinition(connection, dom)),
  )
  return [...read, ...(await Promise.all(domains.slice(limit).map((dom) => identify(dom, null))))]
}

/** A domain's definition as it is parsed; null when it is gone, or cannot be had. Errors: those of the connection. */
export async function fetchDomainXml(connection: LibvirtConnection, dom: Domain, flags = 0): Promise<string | null> {
  try {
    return await readXml(connection, dom, flags)
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return null
  }
}

async function readXml(connection: LibvirtConnection, dom: Domain, flags = 0): Promise<string> {
  const options = { timeoutMs: READ_TIMEOUT_MS }
  try {
    return (await connection.call('DOMAIN_GET_XML_DESC', { dom, flags: flags | XML_SECURE }, options)).xml
  } catch (error) {
    if (!isLibvirtError(error, 'accessDenied') && !isLibvirtError(error, 'operationDenied')) throw error
    return (await connection.call('DOMAIN_GET_XML_DESC', { dom, flags }, options)).xml
  }
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (isLibvirtError(error, 'noDomain')) return null
    throw error
  }
}

function unlessUnsupported<T>(none: T): (error: unknown) => T {
  return (error) => {
    if (isLibvirtError(error, 'noSupport') || isLibvirtError(error, 'operationUnsupported')) return none
    throw error
  }
}
