import type { DomainOwner, HostId, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Clock, Log } from '../engine/index.ts'
import type { HostLink } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import type { EngineIdentity, HostCallOptions, OnHost, OwnerLock } from './on-host/types.ts'

export interface DomainOwnersOptions {
  readonly onHost: Pick<OnHost, 'holdOwnerLock'>
  readonly engine: EngineIdentity
  readonly records: ReadonlyMap<StorageDomainId, StorageDomainRecord>
  /** The host through which the domain's own files are written now; null: none can be. */
  readonly writerOf: (record: StorageDomainRecord) => HostLink | null
  readonly isHeld: (storageDomainId: StorageDomainId) => boolean
  readonly clock: Clock
  readonly log: Log
  readonly onChange: (storageDomainId: StorageDomainId) => void
}

interface Held {
  readonly hostId: HostId
  readonly lock: OwnerLock
}

const TICK_MS = 2_000
/** Before a lock that another engine holds is asked for again. */
const FOREIGN_PAUSE_MS = 15_000
const FREE: DomainOwner = { status: 'free', engine: null }
const UNKNOWN: DomainOwner = { status: 'unknown', engine: null }

/**
 * Holds the lock of every domain that is in use, through the host that writes its files. It is lost with the connection, so no clock is
 * compared; while another engine holds it, nothing is written here.
 */
export class DomainOwners {
  readonly #options: DomainOwnersOptions
  readonly #held = new Map<StorageDomainId, Held>()
  readonly #owners = new Map<StorageDomainId, DomainOwner>()
  readonly #taking = new Map<StorageDomainId, Promise<void>>()
  readonly #nextTryMs = new Map<StorageDomainId, number>()
  readonly #end = new AbortController()
  #cancelTick: () => void = () => undefined

  constructor(options: DomainOwnersOptions) {
    this.#options = options
    this.#tickLater()
  }

  of(storageDomainId: StorageDomainId): DomainOwner {
    return this.#owners.get(storageDomainId) ?? UNKNOWN
  }

  /** Takes the lock through a host, or keeps it. Errors: storage.owned-elsewhere, and those of `OnHost.holdOwnerLock`. */
  async take(
    record: StorageDomainRecord,
    host: HostLink,
    options: HostCallOptions & { readonly takeOver?: boolean },
  ): Promise<void> {
    const { onHost, engine } = this.#options
    const held = this.#held.get(record.id)
    if (held?.hostId === host.id && options.takeOver !== true) return
    if (held !== undefined) await this.release(record.id)
    const attempt = await onHost.holdOwnerLock(host, record, engine, options)
    if (attempt.status === 'foreign') {
      this.#set(record.id, { status: 'foreign', engine: attempt.engine })
      throw new AppError(
        'storage.owned-elsewhere',
        { name: record.name, engineName: attempt.engine?.name ?? '?' },
        { subject: record.name },
      )
    }
    const mine: Held = { hostId: host.id, lock: attempt.lock }
    this.#held.set(record.id, mine)
    this.#set(record.id, { status: 'ours', engine })
    void attempt.lock.lost.then((error) => {
      if (this.#held.get(record.id) !== mine) return
      this.#held.delete(record.id)
      this.#nextTryMs.delete(record.id)
      if (error !== null)
        this.#options.log.warn({ err: error, storageDomainId: record.id }, 'the lock of a storage domain was lost')
      this.#set(record.id, UNKNOWN)
    })
  }

  /** Lets the lock go; another engine may take it from then on. */
  async release(storageDomainId: StorageDomainId): Promise<void> {
    const held = this.#held.get(storageDomainId)
    if (held === undefined) return
    this.#held.delete(storageDomainId)
    await held.lock.release()
    this.#set(storageDomainId, FREE)
  }

  forget(storageDomainId: StorageDomainId): void {
    this.#owners.delete(storageDomainId)
  }

  async stop(): Promise<void> {
    this.#cancelTick()
    this.#end.abort(new AppError('engine.stopping', {}, { retry: 'safe' }))
    await Promise.all(this.#taking.values())
    await Promise.all([...this.#held.keys()].map((id) => this.release(id)))
  }

  #tickLater(): void {
    if (this.#end.signal.aborted) return
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      for (const record of this.#options.records.values()) this.#look(record)
      this.#tickLater()
    })
  }

  #look(record: StorageDomainRecord): void {
    const { writerOf, isHeld, log } = this.#options
    if (isHeld(record.id) || this.#taking.has(record.id)) return
    const held = this.#held.get(record.id)
    if (!record.wishedActive) {
      if (held !== undefined) this.#begin(record.id, this.release(record.id))
      return
    }
    const writer = writerOf(record)
    const nowMs = this.#options.clock.monotonicMs()
    if (writer === null || writer.id === held?.hostId || nowMs < (this.#nextTryMs.get(record.id) ?? 0)) return
    this.#nextTryMs.set(record.id, nowMs + FOREIGN_PAUSE_MS)
    const taking = this.take(record, writer, { signal: this.#end.signal }).catch((error: unknown) => {
      if (!isAppError(error)) log.error({ err: error }, 'taking the lock of a storage domain failed by a bug')
    })
    this.#begin(record.id, taking)
  }

  #begin(storageDomainId: StorageDomainId, work: Promise<void>): void {
    this.#taking.set(
      storageDomainId,
      work.finally(() => this.#taking.delete(storageDomainId)),
    )
  }

  #set(storageDomainId: StorageDomainId, owner: DomainOwner): void {
    this.#owners.set(storageDomainId, owner)
    this.#options.onChange(storageDomainId)
  }
}
