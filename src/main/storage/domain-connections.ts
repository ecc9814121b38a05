import type { HostId, MountedAs, StorageConnection, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError, isAppError, toWireError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import type { HostChange, HostLink, HostRegistry } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import { decideLookPauseMs } from './decide-look-pause.ts'
import { poolOf } from './domain-pool.ts'
import type { DomainSpace, HostCallOptions, OnHost } from './on-host/types.ts'

export interface DomainConnectionsOptions {
  readonly registry: Pick<HostRegistry, 'find' | 'onChange'>
  readonly onHost: Pick<OnHost, 'connect' | 'disconnect' | 'fetchSpace' | 'fetchMounted'>
  readonly records: ReadonlyMap<StorageDomainId, StorageDomainRecord>
  /** Hosts of the domain's datacenter that can be asked and are in use. */
  readonly hostsOf: (record: StorageDomainRecord) => readonly HostId[]
  /** Hosts that should not have it. */
  readonly straysOf: (record: StorageDomainRecord) => readonly HostId[]
  /** An operation is at work on the domain: what its hosts have is its business. */
  readonly isHeld: (storageDomainId: StorageDomainId) => boolean
  readonly patienceMs: () => number
  readonly clock: Clock
  readonly log: Log
  readonly onChange: (storageDomainId: StorageDomainId, hostId: HostId) => void
}

/** How one host stands to a domain, with what only the engine needs of it. */
interface Seen {
  readonly connection: StorageConnection
  readonly error: AppError | null
  /** By the monotonic clock: since when it fails, and when it is looked at next. */
  readonly failingSinceMs: number | null
  readonly failures: number
  readonly nextLookMs: number
}

export interface KnownSpace extends DomainSpace {
  readonly asOf: number
}

/** How often what is due is looked for. */
const TICK_MS = 1_000
/** Looks at once, over all hosts: a server that is gone must not take every session. */
const LOOKS_AT_ONCE = 16

/**
 * Keeps every domain that is in use connected on the hosts of its datacenter, and looks at each whether it still is: a host that
 * comes up gets its domains by itself, and one that failed is tried again after a pause. Domains that are not in use are taken off.
 */
export class DomainConnections {
  readonly #options: DomainConnectionsOptions
  readonly #seen = new Map<StorageDomainId, Map<HostId, Seen>>()
  readonly #spaces = new Map<StorageDomainId, KnownSpace & { readonly turn: number }>()
  readonly #reached = new Set<StorageDomainId>()
  readonly #looking = new Map<string, Promise<void>>()
  readonly #end = new AbortController()
  #turns = 0
  readonly #stopListening: () => void
  #cancelTick: () => void = () => undefined

  constructor(options: DomainConnectionsOptions) {
    this.#options = options
    this.#stopListening = options.registry.onChange((change) => this.#onHost(change))
    this.#tickLater()
  }

  /** How the hosts stand to a domain; hosts that were never asked are left out. */
  of(storageDomainId: StorageDomainId): readonly StorageConnection[] {
    return [...(this.#seen.get(storageDomainId)?.values() ?? [])].map(({ connection }) => connection)
  }

  /** Why a host does not reach a domain, and since when; null: it does, or nobody has tried. */
  troubleOf(storageDomainId: StorageDomainId, hostId: HostId): { error: AppError; forMs: number } | null {
    const seen = this.#seen.get(storageDomainId)?.get(hostId)
    if (seen === undefined || seen.error === null || seen.failingSinceMs === null) return null
    return { error: seen.error, forMs: this.#options.clock.monotonicMs() - seen.failingSinceMs }
  }

  /** Hosts through which a domain can be worked on now. */
  connectedHosts(storageDomainId: StorageDomainId): readonly HostLink[] {
    return this.of(storageDomainId)
      .filter(({ status }) => status === 'connected')
      .map(({ hostId }) => this.#options.registry.find(hostId))
      .filter((link): link is HostLink => link?.isLive === true)
  }

  spaceOf(storageDomainId: StorageDomainId): KnownSpace | null {
    return this.#spaces.get(storageDomainId) ?? null
  }

  /** Some host has reached it since it was taken into use. */
  wasReached(storageDomainId: StorageDomainId): boolean {
    return this.#reached.has(storageDomainId)
  }

  /** Connects a domain on a host, and sees that it is this domain that is there. Leaves no pool where it is not. */
  async connect(record: StorageDomainRecord, link: HostLink, options: HostCallOptions): Promise<void> {
    const { onHost } = this.#options
    try {
      const mounted = await onHost.connect(link, poolOf(record), options)
      this.#see(record.id, link.id, { status: 'connected', error: null, mounted })
      // Nobody knows yet how much is free there.
      this.lookSoon(record.id)
    } catch (error) {
      this.#fail(record.id, link.id, error)
      throw error
    }
  }

  /** Looks at a domain through a host: whether it is there, and how much is free. Errors: those of `OnHost.fetchSpace`. */
  async look(record: StorageDomainRecord, link: HostLink, options: HostCallOptions): Promise<void> {
    const { onHost } = this.#options
    const pool = poolOf(record)
    const wasConnected = this.#statusOf(record.id, link.id) === 'connected'
    try {
      const mounted = wasConnected ? undefined : await onHost.connect(link, pool, options)
      await this.#space(record, link, options)
      this.#see(record.id, link.id, { status: 'connected', error: null, mounted })
      this.#reached.add(record.id)
    } catch (thrown) {
      const error = this.#explain(record, link, thrown)
      this.#fail(record.id, link.id, error)
      const isElsewhere = isAppError(thrown, 'storage.no-descriptor') || isAppError(thrown, 'storage.other-domain')
      if (isElsewhere && !wasConnected) await onHost.disconnect(link, pool, options)
      throw error
    }
  }

  /** Takes a domain off a host. */
  async disconnect(record: StorageDomainRecord, link: HostLink, options: HostCallOptions): Promise<void> {
    await this.#options.onHost.disconnect(link, poolOf(record), options)
    this.forget(record.id, link.id)
  }

  /** A host was found not to have the domain that the others have. */
  refuse(storageDomainId: StorageDomainId, hostId: HostId, error: AppError): void {
    this.#fail(storageDomainId, hostId, error)
  }

  forget(storageDomainId: StorageDomainId, hostId?: HostId): void {
    if (hostId === undefined) {
      this.#seen.delete(storageDomainId)
      this.#spaces.delete(storageDomainId)
      this.#reached.delete(storageDomainId)
      return
    }
    this.#seen.get(storageDomainId)?.delete(hostId)
    this.#options.onChange(storageDomainId, hostId)
  }

  /** Looks at everything that is in use at the next tick. */
  lookSoon(storageDomainId: StorageDomainId): void {
    for (const [hostId, seen] of this.#seen.get(storageDomainId) ?? []) {
      this.#seen.get(storageDomainId)?.set(hostId, { ...seen, nextLookMs: 0 })
    }
  }

  async stop(): Promise<void> {
    this.#stopListening()
    this.#cancelTick()
    this.#end.abort(new AppError('engine.stopping', {}, { retry: 'safe' }))
    await Promise.all(this.#looking.values())
  }

  #tickLater(): void {
    if (this.#end.signal.aborted) return
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      this.#tick()
      this.#tickLater()
    })
  }

  #tick(): void {
    const { records, hostsOf, isHeld, clock } = this.#options
    const nowMs = clock.monotonicMs()
    for (const record of records.values()) {
      if (isHeld(record.id)) continue
      if (record.wishedActive) {
        const hosts = new Set(hostsOf(record))
        this.#dropOthers(record.id, hosts)
        for (const hostId of hosts) {
          const due = this.#seen.get(record.id)?.get(hostId)?.nextLookMs ?? 0
          if (due <= nowMs && this.#begin(record, hostId, (link, options) => this.look(record, link, options))) {
            if (this.#statusOf(record.id, hostId) === null)
              this.#see(record.id, hostId, { status: 'connecting', error: null })
          }
        }
        // What follows from how long it fails changes without anything happening.
        for (const [hostId, { failingSinceMs }] of this.#seen.get(record.id) ?? []) {
          if (failingSinceMs !== null) this.#options.onChange(record.id, hostId)
        }
      } else if (this.#seen.has(record.id)) {
        this.forget(record.id)
      }
      this.#takeOff(record)
    }
  }

  /** Hosts that are away, in maintenance or gone tell nothing of it. */
  #dropOthers(storageDomainId: StorageDomainId, hosts: ReadonlySet<HostId>): void {
    for (const hostId of [...(this.#seen.get(storageDomainId)?.keys() ?? [])]) {
      if (!hosts.has(hostId)) this.forget(storageDomainId, hostId)
    }
  }

  /** Off hosts that have it and should not: that were away when it was taken out of use, are in maintenance, or have moved. */
  #takeOff(record: StorageDomainRecord): void {
    for (const hostId of this.#options.straysOf(record)) {
      const link = this.#options.registry.find(hostId)
      const has = link?.pools.stale === false && link.pools.values.some(({ uuid }) => uuid === record.id)
      if (has) this.#begin(record, hostId, (host, options) => this.disconnect(record, host, options))
    }
  }

  #begin(
    record: StorageDomainRecord,
    hostId: HostId,
    work: (link: HostLink, options: HostCallOptions) => Promise<void>,
  ): boolean {
    const key = `${record.id}/${hostId}`
    const link = this.#options.registry.find(hostId)
    if (link === null || !link.isLive || this.#looking.has(key) || this.#looking.size >= LOOKS_AT_ONCE) return false
    const { log } = this.#options
    const running = work(link, { signal: this.#end.signal })
      .catch((error: unknown) => {
        if (!isAppError(error)) log.error({ err: error, hostId }, 'looking at a storage domain failed by a bug')
      })
      .finally(() => this.#looking.delete(key))
    this.#looking.set(key, running)
    return true
  }

  async #space(record: StorageDomainRecord, link: HostLink, options: HostCallOptions): Promise<void> {
    const turn = ++this.#turns
    const space = await this.#options.onHost.fetchSpace(link, poolOf(record), options)
    // A look that began earlier may have seen less, whatever host it went through.
    if (turn < (this.#spaces.get(record.id)?.turn ?? 0)) return
    this.#spaces.set(record.id, { ...space, asOf: this.#options.clock.now(), turn })
  }

  #explain(record: StorageDomainRecord, link: HostLink, error: unknown): unknown {
    if (!isAppError(error, 'storage.no-descriptor') && !isAppError(error, 'storage.other-domain')) return error
    const other = this.connectedHosts(record.id).find(({ id }) => id !== link.id)
    if (other === undefined) return error
    return new AppError(
      'storage.not-shared',
      { hostName: link.definition.name, path: record.targetPath, otherHostName: other.definition.name },
      { hostId: link.id, cause: error },
    )
  }

  #statusOf(storageDomainId: StorageDomainId, hostId: HostId): StorageConnection['status'] | null {
    return this.#seen.get(storageDomainId)?.get(hostId)?.connection.status ?? null
  }

  #fail(storageDomainId: StorageDomainId, hostId: HostId, thrown: unknown): void {
    // A host that is lost meanwhile, or an engine that stops, says nothing of the storage.
    if (!isAppError(thrown) || this.#end.signal.aborted || this.#options.registry.find(hostId)?.isLive !== true) return
    this.#see(storageDomainId, hostId, { status: 'failed', error: thrown })
  }

  #see(
    storageDomainId: StorageDomainId,
    hostId: HostId,
    now: { status: StorageConnection['status']; error: AppError | null; mounted?: MountedAs | null | undefined },
  ): void {
    const { clock, patienceMs, onChange } = this.#options
    const hosts = this.#seen.get(storageDomainId) ?? new Map<HostId, Seen>()
    this.#seen.set(storageDomainId, hosts)
    const before = hosts.get(hostId)
    const nowMs = clock.monotonicMs()
    const failures = now.status === 'failed' ? (before?.failures ?? 0) + 1 : 0
    const isSame = before?.connection.status === now.status
    const mounted = now.mounted === undefined ? (before?.connection.mounted ?? null) : now.mounted
    hosts.set(hostId, {
      connection: {
        hostId,
        status: now.status,
        error: now.error === null ? null : toWireError(now.error),
        since: isSame ? before.connection.since : clock.now(),
        mounted: now.status === 'failed' ? null : mounted,
      },
      error: now.error,
      failingSinceMs: now.status === 'failed' ? (before?.failingSinceMs ?? nowMs) : null,
      failures,
      nextLookMs: nowMs + decideLookPauseMs(failures, patienceMs()),
    })
    onChange(storageDomainId, hostId)
  }

  /** A pool that came or went at the host without us, and a host that comes or goes, are looked at at once. */
  #onHost({ kind, hostId, ...change }: HostChange): void {
    const isStorage = kind === 'resources' && 'family' in change && change.family === 'storage'
    if (kind !== 'state' && kind !== 'removed' && !isStorage) return
    const link = this.#options.registry.find(hostId)
    for (const [id, hosts] of this.#seen) {
      const seen = hosts.get(hostId)
      if (seen === undefined) continue
      const isLost = link === null || !link.isLive
      const isGone = isStorage && link?.pools.values.some(({ uuid, active }) => uuid === id && active) === false
      if (isLost) this.forget(id, hostId)
      else if (isGone && seen.connection.status === 'connected' && !this.#options.isHeld(id)) {
        this.#see(id, hostId, { status: 'connecting', error: null })
        this.lookSoon(id)
      }
    }
  }
}
