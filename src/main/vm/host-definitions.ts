import { createHash } from 'node:crypto'
import type { HostId, VmId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import { type DefinitionListener, decideDefinitionDrift } from '../drift/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import { domainReference, type HostLink, type HostRegistry } from '../hosts/index.ts'
import type { VmDefinitionRecord, VmDefinitionsRepository } from '../inventory/index.ts'

/** `VIR_DOMAIN_XML_INACTIVE`, without secrets. */
const XML_INACTIVE = 2
/** Changes come in bursts: the first of them waits this long for the others, and no longer. */
const SETTLE_MS = 2_000
/** After a failure while the host is there. */
const RETRY_MS = 60_000
const BATCH = 50

export interface HostDefinitionsOptions {
  readonly hosts: HostRegistry
  readonly definitions: Pick<VmDefinitionsRepository, 'fetchForHost' | 'merge' | 'remove'>
  readonly listener: DefinitionListener
  readonly clock: Clock
  readonly log: Log
}

/** A definition before and after we changed it; null: it could not be read. */
interface OwnChange {
  readonly before: VmDefinitionRecord | null
  readonly after: VmDefinitionRecord | null
}

/**
 * Keeps the definitions of one host's persistent domains in the inventory: read in the background, one at a time, when a
 * domain is new or was redefined, and all of them when the host comes back; written only where they differ from what is there.
 */
export class HostDefinitions {
  readonly #hostId: HostId
  readonly #options: HostDefinitionsOptions
  readonly #dirty = new Set<VmId>()
  readonly #failed = new Set<VmId>()
  /** Of the dirty ones: those that an event told of. */
  readonly #told = new Set<VmId>()
  /** How many of our commands are just changing each: what is read meanwhile would be taken for the doing of others. */
  readonly #held = new Map<VmId, number>()
  /** What we changed and is not kept yet, in its order. */
  readonly #own = new Map<VmId, readonly OwnChange[]>()
  /** The persistent VMs that the host has by its present connection; null while it is away. */
  #known: Set<VmId> | null = null
  /** Digests of what the inventory holds; null until that was read. */
  #stored: Map<VmId, string> | null = null
  /** The inventory may hold VMs that were undefined while nobody looked. */
  #unpruned = false
  #cancelSettle: (() => void) | null = null
  #cancelRetry: (() => void) | null = null
  #running: Promise<void> | null = null
  #stopped = false

  constructor(hostId: HostId, options: HostDefinitionsOptions) {
    this.#hostId = hostId
    this.#options = options
  }

  /** The host came or went. What happened while it was away nobody tells: everything is read anew. */
  noteState(): void {
    const link = this.#liveLink()
    if (link === null) this.#forget()
    else if (this.#known === null) {
      this.#known = new Set()
      this.#unpruned = true
      this.noteDomains([...link.domains.keys()])
    }
  }

  /** These domains were added, changed or removed. */
  noteDomains(uuids: readonly string[]): void {
    const domains = this.#liveLink()?.domains
    const known = this.#known
    if (domains === undefined || known === null) return
    const changed: VmId[] = []
    for (const uuid of uuids) {
      const vmId = uuid as VmId
      const persistent = domains.get(uuid)?.persistent === true
      if (persistent === known.has(vmId)) continue
      if (persistent) known.add(vmId)
      else known.delete(vmId)
      changed.push(vmId)
    }
    if (changed.length > 0 || this.#unpruned) this.mark(changed)
  }

  /** These were redefined, or may have been. */
  mark(vmIds: readonly VmId[]): void {
    for (const vmId of vmIds) this.#dirty.add(vmId)
    this.#settle()
  }

  /** An event told that this was redefined. */
  markTold(vmId: VmId): void {
    this.#told.add(vmId)
    this.mark([vmId])
  }

  /**
   * Runs what changes a definition. What it makes of it is kept as known; what others did to it before and after is not. Errors: those
   * of `change`.
   */
  async changeOwn<T>(vmId: VmId, change: () => Promise<T>): Promise<T> {
    this.#held.set(vmId, (this.#held.get(vmId) ?? 0) + 1)
    let before: VmDefinitionRecord | null = null
    try {
      before = await this.#readOwn(vmId)
      return await change()
    } finally {
      const after = await this.#readOwn(vmId)
      const left = (this.#held.get(vmId) ?? 1) - 1
      if (left > 0) this.#held.set(vmId, left)
      else this.#held.delete(vmId)
      if (this.#known !== null) {
        this.#own.set(vmId, [...(this.#own.get(vmId) ?? []), { before, after }])
        this.markTold(vmId)
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#forget()
    await this.#running
  }

  #liveLink(): HostLink | null {
    const link = this.#options.hosts.find(this.#hostId)
    return link?.isLive === true ? link : null
  }

  #forget(): void {
    this.#known = null
    this.#unpruned = false
    this.#dirty.clear()
    this.#told.clear()
    this.#own.clear()
    this.#failed.clear()
    this.#cancelSettle?.()
    this.#cancelSettle = null
    this.#cancelRetry?.()
    this.#cancelRetry = null
  }

  /** Never put off: changes that keep coming must not keep others from being written. */
  #settle(): void {
    if (this.#stopped || this.#running !== null) return
    this.#cancelSettle ??= this.#options.clock.after(SETTLE_MS, () => {
      this.#cancelSettle = null
      this.#running = this.#flush().then(() => {
        this.#running = null
        if (this.#dirty.size > 0 || this.#unpruned) this.#settle()
      })
    })
  }

  async #flush(): Promise<void> {
    const link = this.#liveLink()
    if (link === null) return
    // Those that are held are marked when they are let go.
    const vmIds = [...this.#dirty].filter((vmId) => !this.#held.has(vmId))
    const told = new Set(this.#told)
    const own = vmIds.flatMap((vmId) => this.#own.get(vmId) ?? [])
    this.#dirty.clear()
    this.#told.clear()
    for (const vmId of vmIds) this.#own.delete(vmId)
    try {
      await this.#keep(link, vmIds, own, told)
    } catch (error) {
      this.#options.log.warn({ err: error, hostId: this.#hostId }, 'definitions could not be kept')
      this.#retryLater(vmIds)
    }
  }

  #retryLater(vmIds: readonly VmId[]): void {
    this.#unpruned = false
    if (this.#stopped || this.#liveLink() === null) return
    for (const vmId of vmIds) this.#failed.add(vmId)
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = null
      const failed = [...this.#failed]
      this.#failed.clear()
      this.#unpruned = true
      this.mark(failed)
    })
  }

  async #keep(
    link: HostLink,
    marked: readonly VmId[],
    own: readonly OwnChange[],
    told: ReadonlySet<VmId>,
  ): Promise<void> {
    const { definitions, listener } = this.#options
    const stored = await this.#fetchStored()
    const unpruned = this.#unpruned
    const isPersistent = (vmId: VmId) => link.domains.get(vmId)?.persistent === true
    const gone = (unpruned ? [...stored.keys()] : marked).filter((vmId) => stored.has(vmId) && !isPersistent(vmId))
    if (gone.length > 0 && link.isLive) {
      await definitions.remove(this.#hostId, gone)
      for (const vmId of gone) stored.delete(vmId)
      listener.onForgotten(this.#hostId, gone)
    }
    if (unpruned) this.#unpruned = false
    for (const { before, after } of own) {
      await this.#store(before, stored, decideDefinitionDrift)
      // What others changed before stays to be looked at.
      await this.#store(after, stored, (known, read) =>
        known?.drift == null ? null : decideDefinitionDrift(known, read),
      )
    }
    for (let start = 0; start < marked.length && !this.#stopped; start += BATCH) {
      const batch = await this.#readChanged(link, marked.slice(start, start + BATCH), stored)
      if (batch.length === 0) continue
      const kept = await definitions.merge(batch, decideDefinitionDrift)
      for (const { vmId, xml } of batch) stored.set(vmId, digestOf(xml))
      listener.onKept(kept, (vmId) => told.has(vmId))
    }
  }

  /** Keeps what was read of a definition around a change of our own. */
  async #store(
    record: VmDefinitionRecord | null,
    stored: Map<VmId, string>,
    decide: typeof decideDefinitionDrift,
  ): Promise<void> {
    if (record === null || stored.get(record.vmId) === digestOf(record.xml)) return
    const kept = await this.#options.definitions.merge([record], decide)
    stored.set(record.vmId, digestOf(record.xml))
    // The command itself is in the trail.
    this.#options.listener.onKept(kept, () => true)
  }

  /** Null: it has none, or cannot be read now. Never rejects: the change itself counts more. */
  async #readOwn(vmId: VmId): Promise<VmDefinitionRecord | null> {
    const link = this.#liveLink()
    if (link === null) return null
    try {
      return await this.#read(link, vmId)
    } catch (error) {
      this.#options.log.warn(
        { err: error, hostId: this.#hostId, vmId },
        'a definition that we change could not be read',
      )
      return null
    }
  }

  /** Null: it is not persistent, or the host refuses. Errors: those of `call`, but not the daemon's refusals. */
  async #read(link: HostLink, vmId: VmId): Promise<VmDefinitionRecord | null> {
    const record = link.domains.get(vmId)
    if (record?.persistent !== true) return null
    const dom = domainReference(record)
    const read = link.control().call('DOMAIN_GET_XML_DESC', { dom, flags: XML_INACTIVE })
    const xml = await read.then((result) => result.xml).catch(unlessRefused)
    if (xml === null) return null
    return { hostId: this.#hostId, vmId, name: record.name, xml, readAt: this.#options.clock.now() }
  }

  async #fetchStored(): Promise<Map<VmId, string>> {
    if (this.#stored === null) {
      const records = await this.#options.definitions.fetchForHost(this.#hostId)
      this.#stored = new Map(records.map(({ vmId, xml }) => [vmId, digestOf(xml)]))
    }
    return this.#stored
  }

  async #readChanged(
    link: HostLink,
    vmIds: readonly VmId[],
    stored: ReadonlyMap<VmId, string>,
  ): Promise<VmDefinitionRecord[]> {
    const changed: VmDefinitionRecord[] = []
    for (const vmId of vmIds) {
      const record = await this.#read(link, vmId)
      // Of one that is held by now nobody can say whether it was read before or after.
      if (record === null || this.#held.has(vmId)) continue
      if (stored.get(vmId) !== digestOf(record.xml)) changed.push(record)
    }
    return changed
  }
}

function digestOf(xml: string): string {
  return createHash('sha256').update(xml).digest('base64')
}

function unlessRefused(error: unknown): null {
  if (isAppError(error, 'libvirt.call-failed')) return null
  throw error
}
