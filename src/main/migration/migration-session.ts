import { AppError } from '../../shared/errors/index.ts'
import { domainReference, type LibvirtConnection, type TypedParameter, typedParameter } from '../hosts/index.ts'
import { MIGRATE, SOURCE_ONLY } from './libvirt-flags.ts'

export interface MigrationSettings {
  readonly vm: { readonly id: string; readonly name: string }
  /** `virDomainMigrateFlags`, without change protection. */
  readonly flags: number
  /** Where the destination's QEMU is reached by that of the source; null: as the destination calls itself. */
  readonly address: string | null
  readonly bandwidthMiBs: number | null
  readonly parallelConnections: number | null
  /** Targets of the disks that are copied along: "vda". */
  readonly copiedDisks: readonly string[]
}

interface Limits {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Long enough for a destination that first has to open disks on slow storage. */
const PHASE_TIMEOUT_MS = 5 * 60_000
/** A machine of terabytes over a slow line; a person may cancel at any time. */
const PERFORM_TIMEOUT_MS = 7 * 24 * 60 * 60_000

const NO_COOKIE = new Uint8Array(0)

/**
 * One managed migration: the five phases of libvirt's protocol 3 with parameters, and the cookies between them, which only
 * this client carries. Each side has a connection of its own: the end of one ends the migration there
 * (https://libvirt.org/migration.html, "Managed direct migration").
 */
export class MigrationSession {
  readonly #source: LibvirtConnection
  readonly #destination: LibvirtConnection
  readonly #settings: MigrationSettings
  #cookie: Uint8Array = NO_COOKIE
  #xml = ''
  #uri: string | null = null

  constructor(source: LibvirtConnection, destination: LibvirtConnection, settings: MigrationSettings) {
    this.#source = source
    this.#destination = destination
    this.#settings = settings
  }

  /** Resolves when the way to the destination has ended, whyever. */
  get destinationEnded(): Promise<unknown> {
    return this.#destination.closed
  }

  /** Asks the source for what the destination has to prepare. From here on the source protects the domain from changes. */
  async begin(signal: AbortSignal): Promise<void> {
    const answer = await this.#source.call(
      'DOMAIN_MIGRATE_BEGIN3_PARAMS',
      { dom: this.#domain, params: this.#parameters(), flags: this.#sourceFlags },
      within(signal),
    )
    this.#cookie = answer.cookie_out
    this.#xml = answer.xml
  }

  /** Lets the destination start a QEMU that waits. */
  async prepare(signal: AbortSignal): Promise<void> {
    const answer = await this.#destination.call(
      'DOMAIN_MIGRATE_PREPARE3_PARAMS',
      {
        params: [
          ...this.#parameters(),
          typedParameter('string', 'destination_xml', this.#xml),
          ...(this.#settings.address === null
            ? []
            : [typedParameter('string', 'migrate_uri', uriOf(this.#settings.address))]),
        ],
        cookie_in: this.#cookie,
        flags: this.#destinationFlags,
      },
      within(signal),
    )
    this.#cookie = answer.cookie_out
    this.#uri = answer.uri_out
    if (this.#uri === null && this.#settings.address === null) {
      throw new AppError('internal', { detail: 'the destination named no address' })
    }
  }

  /** Sends the memory. Resolves when all of it is there and the guest stands still at the source, or runs on by post-copy. */
  async perform(signal: AbortSignal): Promise<void> {
    const uri = this.#uri ?? uriOf(this.#settings.address ?? '')
    const answer = await this.#source.call(
      'DOMAIN_MIGRATE_PERFORM3_PARAMS',
      {
        dom: this.#domain,
        dconnuri: null,
        params: [...this.#parameters(), typedParameter('string', 'migrate_uri', uri)],
        cookie_in: this.#cookie,
        flags: this.#sourceFlags,
      },
      { timeoutMs: PERFORM_TIMEOUT_MS, signal },
    )
    this.#cookie = answer.cookie_out
  }

  /** Lets the guest run at the destination, or, `cancelled`, takes the waiting QEMU down. */
  async finish(cancelled: boolean, signal?: AbortSignal): Promise<void> {
    const answer = await this.#destination.call(
      'DOMAIN_MIGRATE_FINISH3_PARAMS',
      {
        params: [...this.#parameters(), typedParameter('string', 'destination_name', this.#settings.vm.name)],
        cookie_in: cancelled ? NO_COOKIE : this.#cookie,
        flags: this.#destinationFlags,
        cancelled: cancelled ? 1 : 0,
      },
      within(signal),
    )
    this.#cookie = answer.cookie_out
  }

  /** Lets the source take its copy down, or, `cancelled`, run on. */
  async confirm(cancelled: boolean, signal?: AbortSignal): Promise<void> {
    await this.#source.call(
      'DOMAIN_MIGRATE_CONFIRM3_PARAMS',
      {
        dom: this.#domain,
        params: this.#parameters(),
        cookie_in: cancelled ? NO_COOKIE : this.#cookie,
        flags: this.#sourceFlags,
        cancelled: cancelled ? 1 : 0,
      },
      within(signal),
    )
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.#destination.close()])
  }

  get #domain() {
    return domainReference({ name: this.#settings.vm.name, uuid: this.#settings.vm.id })
  }

  get #sourceFlags(): number {
    return this.#settings.flags | MIGRATE.changeProtection
  }

  get #destinationFlags(): number {
    return this.#settings.flags & ~SOURCE_ONLY
  }

  #parameters(): TypedParameter[] {
    const { bandwidthMiBs, parallelConnections, copiedDisks } = this.#settings
    return [
      ...(bandwidthMiBs === null ? [] : [typedParameter('ullong', 'bandwidth', BigInt(bandwidthMiBs))]),
      ...(parallelConnections === null ? [] : [typedParameter('int', 'parallel.connections', parallelConnections)]),
      ...copiedDisks.map((target) => typedParameter('string', 'migrate_disks', target)),
    ]
  }
}

/** "tcp://10.0.0.2" or "tcp://[fd00::2]": without a port the destination chooses one. Pure. */
export function uriOf(address: string): string {
  return `tcp://${address.includes(':') ? `[${address}]` : address}`
}

function within(signal: AbortSignal | undefined): Limits {
  return { timeoutMs: PHASE_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
}
