import type { AppError } from '../../../shared/errors/index.ts'
import { REMOTE } from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { XdrError } from '../xdr/xdr-error.ts'
import type { EventQueue } from './event-queue.ts'
import { type EventFamily, type EventKind, eventSources, type LibvirtEvent } from './event-sources.ts'

/** Events of one registration that come before the reply that tells its number. */
const EARLY_MAX = 1_024

interface KnownMessage {
  readonly family: EventFamily
  readonly decode: (payload: XdrReader) => { readonly callbackId: number; readonly event: LibvirtEvent }
}

/** Routes the daemon's messages to the subscription that registered for them. */
export class EventHub {
  readonly #subscriptions = new Map<string, EventQueue<LibvirtEvent>>()
  #registrations = 0
  #early: { readonly address: string; readonly event: LibvirtEvent }[] = []

  /** A registration is about to be sent. Until `registered` or `registrationFailed`, unknown events are kept. */
  registering(): void {
    this.#registrations += 1
  }

  registered(family: EventFamily, callbackId: number, queue: EventQueue<LibvirtEvent>): void {
    const address = addressOf(family, callbackId)
    this.#subscriptions.set(address, queue)
    for (const early of this.#early) if (early.address === address) queue.push(early.event)
    this.#early = this.#early.filter((early) => early.address !== address)
    this.registrationFailed()
  }

  registrationFailed(): void {
    this.#registrations -= 1
    if (this.#registrations === 0) this.#early = []
  }

  forget(family: EventFamily, callbackId: number): void {
    this.#subscriptions.delete(addressOf(family, callbackId))
  }

  /**
   * Handles one message packet. Messages that nobody subscribed to are passed over: the daemon may have sent them
   * before it learned that they are no longer wanted. Throws XdrError for one that the protocol does not have.
   */
  dispatch(program: number, procedure: number, payload: XdrReader): void {
    const known = program === REMOTE ? knownMessages.get(procedure) : undefined
    if (known === undefined) {
      if (!messageNumbers.has(messageKey(program, procedure))) {
        throw new XdrError(`message of the unknown procedure ${procedure} of program 0x${program.toString(16)}`)
      }
      return
    }
    const { callbackId, event } = known.decode(payload)
    payload.finish()
    const address = addressOf(known.family, callbackId)
    const queue = this.#subscriptions.get(address)
    if (queue !== undefined) queue.push(event)
    else if (this.#registrations > 0 && this.#early.length < EARLY_MAX) this.#early.push({ address, event })
  }

  end(error: AppError | undefined): void {
    for (const queue of this.#subscriptions.values()) queue.end(error)
    this.#subscriptions.clear()
    this.#early = []
  }
}

function addressOf(family: EventFamily, callbackId: number): string {
  return `${family}/${callbackId}`
}

function messageKey(program: number, procedure: number): string {
  return `${program}/${procedure}`
}

const messageNumbers = new Set(
  Object.values(procedures)
    .filter((procedure) => procedure.kind === 'event')
    .map((procedure) => messageKey(procedure.program, procedure.number)),
)

function knownMessage<K extends EventKind>(kind: K): readonly [number, KnownMessage] {
  const source: (typeof eventSources)[EventKind] = eventSources[kind]
  const { number, result } = procedures[source.message]
  // The table ties each body to its own message, which TypeScript can't follow through the union.
  const body = source.body as (message: { readonly callbackID: number }) => object
  const decode = (payload: XdrReader): { callbackId: number; event: LibvirtEvent } => {
    const message = result.decode(payload)
    return { callbackId: message.callbackID, event: { kind, ...body(message) } as LibvirtEvent }
  }
  return [number, { family: source.family, decode }]
}

const knownMessages = new Map((Object.keys(eventSources) as EventKind[]).map(knownMessage))
