import type { HostFacts } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { EventSubscription, LibvirtConnection } from '../libvirt/index.ts'
import { onePlusOne } from './concurrency.ts'
import { type DomainProjection, isReadFailure } from './domain-projection.ts'
import type { DomainRecord } from './domain-record.ts'
import { fetchFacts } from './fetch-facts.ts'
import { DOMAIN_EVENTS, type DomainEvent } from './host-change.ts'

/** What a live session tells its link. */
export interface LiveSessionListener {
  /** Something arrived from the host. */
  heard(): void
  domainEvent(event: DomainEvent, before: DomainRecord | null): void
  facts(facts: HostFacts): void
  /** A reading that nobody waits for failed, though the connection is there. `what` is a domain's UUID or a word. */
  readFailed(what: string, error: unknown): void
}

/**
 * One control connection with its events, feeding a projection. Events are subscribed before anything is listed, so that
 * nothing is missed: what they name is read again after the list.
 */
export class LiveSession {
  readonly #connection: LibvirtConnection
  readonly #domains: DomainProjection
  readonly #listener: LiveSessionListener
  /** Brings the projection up to date with all domains. Errors: those of `call`. */
  readonly synchronize = onePlusOne(() => this.#domains.synchronize())

  constructor(connection: LibvirtConnection, domains: DomainProjection, listener: LiveSessionListener) {
    this.#connection = connection
    this.#domains = domains
    this.#listener = listener
  }

  get connection(): LibvirtConnection {
    return this.#connection
  }

  /**
   * Brings the projection up to date and keeps it so: resolves when the domains are complete. Facts follow by the listener,
   * because a daemon that has just started takes seconds to look at its QEMU.
   */
  async start(): Promise<void> {
    this.#domains.attach(this.#connection)
    const events = await this.#connection.subscribe({
      events: [...DOMAIN_EVENTS],
      allowRefused: true,
      queueLength: 65_536,
    })
    void this.#pump(events)
    await this.synchronize()
    void this.#readFacts()
  }

  async #pump(events: EventSubscription<DomainEvent['kind']>): Promise<void> {
    try {
      for await (const event of events) this.#handleSafely(event)
    } catch (error) {
      // The end of the connection, which the link learns of by `closed`.
      if (!(error instanceof AppError)) throw error
    }
  }

  /** A bug over one event must not be the end of all that follow. */
  #handleSafely(event: DomainEvent): void {
    try {
      this.#handle(event)
    } catch (error) {
      this.#listener.readFailed(event.kind, error)
    }
  }

  #handle(event: DomainEvent): void {
    this.#listener.heard()
    const { uuid } = event.domain
    this.#listener.domainEvent(event, this.#domains.records.get(uuid) ?? null)
    if (event.kind === 'domain-balloon-change') {
      // Told often while a guest gives memory back; the event has all there is to know.
      const memoryKiB = Number(event.actualKiB)
      const change = (record: DomainRecord) => ({ ...record, definition: { ...record.definition, memoryKiB } })
      if (this.#domains.patch(uuid, change)) return
    }
    if (event.kind === 'domain-job-completed' || event.kind === 'domain-watchdog') return
    this.#domains.refresh(uuid).catch((error: unknown) => this.#report(uuid, error))
  }

  /** What waits for the next start of what runs. Never rejects. */
  async readPending(): Promise<void> {
    try {
      await this.#domains.readPending()
    } catch (error) {
      this.#report('pending changes', error)
    }
  }

  async #readFacts(): Promise<void> {
    try {
      this.#listener.facts(await fetchFacts(this.#connection))
    } catch (error) {
      this.#report('facts', error)
    }
  }

  #report(what: string, error: unknown): void {
    if (isReadFailure(error)) this.#listener.readFailed(what, error)
  }
}
