import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { LibvirtConnection } from '../libvirt/index.ts'
import { fetchAllDomains, fetchDomain, fetchPending, hasTwoDefinitions } from './domain-reader.ts'
import type { DomainRecord } from './domain-record.ts'
import { RefreshQueue } from './refresh-queue.ts'

const REFRESHES_AT_ONCE = 3
/** More domains changing at once than this, and reading all of them anew is cheaper. */
const REFRESH_LIMIT = 4_096

export interface DomainProjectionOptions {
  readonly now: () => number
  /** Called with the UUIDs whose records were added, replaced or removed. */
  readonly onChange: (uuids: readonly string[]) => void
  /** The projection can no longer be trusted to be complete: a full reading is needed. */
  readonly onIncomplete: () => void
}

/** The domains of one host, kept current by re-reading each one that an event names. */
export class DomainProjection {
  readonly #options: DomainProjectionOptions
  readonly #records = new Map<string, DomainRecord>()
  readonly #queue: RefreshQueue
  #connection: LibvirtConnection | null = null

  constructor(options: DomainProjectionOptions) {
    this.#options = options
    this.#queue = new RefreshQueue({
      read: (uuid) => this.#read(uuid),
      concurrency: REFRESHES_AT_ONCE,
      limit: REFRESH_LIMIT,
      onOverflow: options.onIncomplete,
    })
  }

  get records(): ReadonlyMap<string, DomainRecord> {
    return this.#records
  }

  /** From here on events may ask for refreshes; they wait until `synchronize` has read the list. */
  attach(connection: LibvirtConnection): void {
    this.#queue.hold()
    this.#connection = connection
  }

  /** Makes the records exactly what the host has, then lets the collected refreshes go. Errors: those of `call`. */
  async synchronize(): Promise<void> {
    const connection = this.#connected()
    this.#queue.hold()
    const records = await fetchAllDomains(connection, this.#options.now)
    if (this.#connection !== connection) return
    const gone = new Set(this.#records.keys())
    for (const record of records) {
      gone.delete(record.uuid)
      // Until it is read again, what waited for the next start is as good as known.
      const pending = hasTwoDefinitions(record) ? (this.#records.get(record.uuid)?.pending ?? null) : null
      this.#records.set(record.uuid, { ...record, pending })
    }
    for (const uuid of gone) this.#records.delete(uuid)
    this.#options.onChange([...records.map((record) => record.uuid), ...gone])
    this.#queue.release()
  }

  /**
   * Reads what waits for the next start of each domain that runs, one after the other: nobody waits for it, so it comes after all
   * that a host is connected for. Errors: those of `call`.
   */
  async readPending(): Promise<void> {
    const connection = this.#connected()
    for (const uuid of [...this.#records.keys()]) {
      const record = this.#records.get(uuid)
      if (record === undefined || !hasTwoDefinitions(record)) continue
      const pending = await fetchPending(connection, record)
      // One that was read anew meanwhile knows better.
      if (this.#connection !== connection) return
      if (this.#records.get(uuid) !== record || isEqualPending(record.pending, pending)) continue
      this.#records.set(uuid, { ...record, pending })
      this.#options.onChange([uuid])
    }
  }

  /** Resolves when a reading has ended that began after this call, with what it found; null: no such domain. */
  async refresh(uuid: string): Promise<DomainRecord | null> {
    await this.#queue.request(uuid)
    return this.#records.get(uuid) ?? null
  }

  /** Replaces parts of a record that an event has told, without a reading. False when that is not certain to hold. */
  patch(uuid: string, change: (record: DomainRecord) => DomainRecord): boolean {
    const record = this.#records.get(uuid)
    if (record !== undefined) {
      this.#records.set(uuid, change(record))
      this.#options.onChange([uuid])
    }
    // A reading under way may have looked before the event, and would put back what it saw.
    return !this.#queue.isBusy(uuid)
  }

  /** The connection is gone: the records stay as they were last known, and who waits for one is told. */
  detach(error: AppError): void {
    this.#connection = null
    this.#queue.clear(error)
  }

  async #read(uuid: string): Promise<void> {
    const connection = this.#connected()
    const known = this.#records.get(uuid)
    const record = await fetchDomain(connection, uuid, known?.name ?? null, this.#options.now)
    if (this.#connection !== connection) throw new AppError('libvirt.connection-closed', { reason: 'reconnected' })
    if (record === null) this.#records.delete(uuid)
    else this.#records.set(uuid, record)
    if (record !== null || known !== undefined) this.#options.onChange([uuid])
  }

  #connected(): LibvirtConnection {
    if (this.#connection === null) throw new AppError('libvirt.connection-closed', { reason: 'not connected' })
    return this.#connection
  }
}

/** True when a failed reading is more than the connection's own end. */
export function isReadFailure(error: unknown): boolean {
  return !isAppError(error, 'libvirt.connection-closed') && !isAppError(error, 'libvirt.outcome-unknown')
}

/** One that is not read yet shows as one for which nothing waits. */
function isEqualPending(a: DomainRecord['pending'], b: DomainRecord['pending']): boolean {
  return JSON.stringify(a ?? []) === JSON.stringify(b ?? [])
}
