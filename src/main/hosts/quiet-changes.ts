import { createHash } from 'node:crypto'
import { isAppError } from '../../shared/errors/index.ts'
import type { LibvirtConnection } from '../libvirt/index.ts'
import type { DomainProjection } from './domain-projection.ts'
import {
  type DomainLists,
  domainReference,
  fetchDomainLists,
  fetchDomainXml,
  hasTwoDefinitions,
  XML_INACTIVE,
} from './domain-reader.ts'
import type { DomainRecord } from './domain-record.ts'
import type { LinkClock } from './link-settings.ts'

/** How many definitions are looked at each time. */
const DEFINITIONS_A_ROUND = 32

export interface QuietChangesOptions {
  readonly projection: DomainProjection
  readonly clock: LinkClock
  /** From one look to the next, milliseconds. */
  readonly lookMs: number
  /** A definition is another one than when it was looked at before, or is looked at for the first time. */
  readonly onDefinition: (uuid: string) => void
  /** A look failed, though the connection is there. */
  readonly onFailed: (error: unknown) => void
}

/**
 * Finds what libvirt sends no event for: autostart, removed saved states, snapshots, changes of a definition that were only written to
 * disk, a link set down. A round asks for the lists, which tell flags of all domains, and for some definitions in turn; one is
 * only parsed when its text is another one than before.
 */
export class QuietChanges {
  readonly #options: QuietChangesOptions
  readonly #digests = new Map<string, string>()
  #connection: LibvirtConnection | null = null
  #cancelTimer: () => void = () => undefined
  #position = 0

  constructor(options: QuietChangesOptions) {
    this.#options = options
  }

  /** Looks at this connection's host from now on, first after one round's time. */
  start(connection: LibvirtConnection): void {
    this.stop()
    this.#connection = connection
    this.#next()
  }

  stop(): void {
    this.#cancelTimer()
    this.#connection = null
  }

  #next(): void {
    this.#cancelTimer = this.#options.clock.after(this.#options.lookMs, () => void this.#round())
  }

  async #round(): Promise<void> {
    const connection = this.#connection
    if (connection === null) return
    try {
      await this.#look(connection)
    } catch (error) {
      // The end of the connection is the link's to tell.
      if (this.#connection === connection) this.#options.onFailed(error)
    }
    if (this.#connection === connection) this.#next()
  }

  async #look(connection: LibvirtConnection): Promise<void> {
    const { projection } = this.#options
    const lists = await fetchDomainLists(connection)
    await this.#refresh(connection, decideChangedFlags(projection.records, lists))
    const uuids = [...projection.records.keys()]
    const slice = decideSlice(uuids, this.#position, DEFINITIONS_A_ROUND)
    this.#position = uuids.length === 0 ? 0 : (this.#position + slice.length) % uuids.length
    for (const uuid of slice) {
      const record = projection.records.get(uuid)
      if (this.#connection !== connection || record === undefined) continue
      const digest = await fetchDigest(connection, record)
      if (this.#digests.get(uuid) === digest) continue
      this.#digests.set(uuid, digest)
      await this.#refresh(connection, [uuid])
      this.#options.onDefinition(uuid)
    }
    for (const uuid of this.#digests.keys()) if (!projection.records.has(uuid)) this.#digests.delete(uuid)
  }

  async #refresh(connection: LibvirtConnection, uuids: readonly string[]): Promise<void> {
    for (const uuid of uuids) if (this.#connection === connection) await this.#options.projection.refresh(uuid)
  }
}

/** Stands for the definition by which a domain runs, and that on disk beside it. */
async function fetchDigest(connection: LibvirtConnection, record: DomainRecord): Promise<string> {
  const dom = domainReference(record)
  const hash = createHash('sha1').update((await fetchDomainXml(connection, dom)) ?? '')
  if (hasTwoDefinitions(record)) hash.update((await fetchDomainXml(connection, dom, XML_INACTIVE)) ?? '')
  return hash.digest('base64')
}

/** Domains of which a list tells something else than what is known. Pure. */
export function decideChangedFlags(records: ReadonlyMap<string, DomainRecord>, lists: DomainLists): readonly string[] {
  return [...records.values()]
    .filter(
      ({ uuid, persistent, autostart, hasManagedSave, hasSnapshots, state }) =>
        lists.all.has(uuid) &&
        (persistent !== lists.persistent.has(uuid) ||
          autostart !== lists.autostart.has(uuid) ||
          hasSnapshots !== lists.snapshots.has(uuid) ||
          // What is running has used its saved state up, whatever the list still says.
          (state !== 'running' && hasManagedSave !== lists.managedSave.has(uuid))),
    )
    .map(({ uuid }) => uuid)
}

/** The next `count` of all, from `position` on and round to the beginning. Pure. */
export function decideSlice(all: readonly string[], position: number, count: number): readonly string[] {
  const from = Math.min(position, all.length)
  return [...all.slice(from), ...all.slice(0, from)].slice(0, count)
}

/** What a look at one domain needs of a host; a link is one. */
export interface DomainSource {
  readonly domains: ReadonlyMap<string, DomainRecord>
  readonly isLive: boolean
  refreshDomain(uuid: string): Promise<unknown>
}

/**
 * Reads a domain again on every host that knows it and can be asked: what no event told of is in the records when this resolves.
 * A host that cannot be asked keeps what it said last.
 */
export async function refreshEverywhere(hosts: Iterable<DomainSource>, uuid: string): Promise<void> {
  const asked = [...hosts].filter((host) => host.isLive && host.domains.has(uuid))
  await Promise.all(
    asked.map((host) =>
      host.refreshDomain(uuid).catch((error: unknown) => {
        if (!isAppError(error)) throw error
      }),
    ),
  )
}
