import type { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import type { Domain } from '../protocol/types.gen.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { XdrError } from '../xdr/xdr-error.ts'
import { type DecodedEvent, decodeEvent, isEventMessage } from './event-messages.ts'
import type { EventQueue } from './event-queue.ts'
import { type EventFamily, type EventKind, eventSources, type LibvirtEvent } from './event-sources.ts'

/** Events that come before the reply that tells their registration's number. */
const EARLY_MAX = 1_024

/** How the hub turns events on and off at the daemon. */
export interface EventRegistrar {
  /** Calls `registered` inside the turn that handles the reply, so that no event falls between. */
  register(
    kind: EventKind,
    domain: Domain | null,
    options: CallOptions,
    registered: (callbackId: number) => void,
  ): Promise<void>
  deregister(family: EventFamily, callbackId: number): Promise<void>
}

interface Registration {
  readonly key: string
  readonly family: EventFamily
  readonly queues: Set<EventQueue<LibvirtEvent>>
  /** Resolves when the daemon has accepted it. */
  readonly accepted: Promise<void>
  callbackId: number | undefined
}

/**
 * Routes the daemon's messages to those who asked for them. A daemon takes each event once per connection ("event
 * callback already tracked"), so everybody who wants the same one shares a registration.
 */
export class EventHub {
  readonly #registrar: EventRegistrar
  readonly #byKey = new Map<string, Registration>()
  readonly #byCallback = new Map<string, Registration>()
  readonly #leaving = new Map<string, Promise<void>>()
  #pending = 0
  #early: DecodedEvent[] = []

  constructor(registrar: EventRegistrar) {
    this.#registrar = registrar
  }

  /** Adds `queue` to those who hear of `kind`. Rejects with the daemon's refusal. Returns how to remove it again. */
  async add(
    kind: EventKind,
    domain: Domain | null,
    options: CallOptions,
    queue: EventQueue<LibvirtEvent>,
  ): Promise<() => Promise<void>> {
    const key = `${kind}/${domain?.uuid ?? ''}`
    const shared = this.#byKey.get(key)
    // What fails for another subscriber (its signal, its time limit) need not fail for this one.
    const isShared = shared !== undefined && (await isAccepted(shared))
    const registration = isShared ? shared : this.#register(key, kind, domain, options)
    registration.queues.add(queue)
    await registration.accepted
    return () => this.#remove(registration, queue)
  }

  #register(key: string, kind: EventKind, domain: Domain | null, options: CallOptions): Registration {
    const { family } = eventSources[kind]
    const registered = (callbackId: number): void => {
      registration.callbackId = callbackId
      this.#byCallback.set(addressOf(family, callbackId), registration)
      this.#deliverEarly(family, callbackId)
    }
    const register = async (): Promise<void> => {
      await this.#leaving.get(key)
      this.#pending += 1
      try {
        await this.#registrar.register(kind, domain, options, registered)
      } catch (error) {
        if (this.#byKey.get(key) === registration) this.#byKey.delete(key)
        throw error
      } finally {
        this.#pending -= 1
        if (this.#pending === 0) this.#early = []
      }
    }
    const queues = new Set<EventQueue<LibvirtEvent>>()
    const registration: Registration = { key, family, queues, accepted: register(), callbackId: undefined }
    this.#byKey.set(key, registration)
    return registration
  }

  async #remove(registration: Registration, queue: EventQueue<LibvirtEvent>): Promise<void> {
    registration.queues.delete(queue)
    const { key, family, callbackId } = registration
    if (registration.queues.size > 0 || callbackId === undefined) return
    if (this.#byKey.get(key) === registration) this.#byKey.delete(key)
    this.#byCallback.delete(addressOf(family, callbackId))
    // The daemon's workers may take two calls in either order: who registers anew waits for this one.
    const leaving = this.#registrar.deregister(family, callbackId).finally(() => this.#leaving.delete(key))
    this.#leaving.set(
      key,
      leaving.catch(() => undefined),
    )
    await leaving
  }

  /**
   * Handles one message packet. Messages that nobody subscribed to are passed over: the daemon may have sent them
   * before it learned that they are no longer wanted. Throws XdrError for one that the protocol does not have.
   */
  dispatch(program: number, procedure: number, payload: XdrReader): void {
    const decoded = decodeEvent(program, procedure, payload)
    if (decoded === undefined) {
      if (isEventMessage(program, procedure)) return
      throw new XdrError(`message of the unknown procedure ${procedure} of program 0x${program.toString(16)}`)
    }
    payload.finish()
    if (this.#byCallback.has(addressOf(decoded.family, decoded.callbackId))) this.#deliver(decoded)
    else if (this.#pending > 0 && this.#early.length < EARLY_MAX) this.#early.push(decoded)
  }

  #deliverEarly(family: EventFamily, callbackId: number): void {
    const isOurs = (early: DecodedEvent): boolean => early.family === family && early.callbackId === callbackId
    const ours = this.#early.filter(isOurs)
    this.#early = this.#early.filter((early) => !isOurs(early))
    for (const early of ours) this.#deliver(early)
  }

  #deliver({ family, callbackId, event }: DecodedEvent): void {
    const registration = this.#byCallback.get(addressOf(family, callbackId))
    if (registration === undefined) return
    for (const queue of registration.queues) queue.push(event)
  }

  end(error: AppError | undefined): void {
    for (const { queues } of this.#byKey.values()) for (const queue of queues) queue.end(error)
    this.#byKey.clear()
    this.#byCallback.clear()
    this.#early = []
  }
}

function isAccepted({ accepted }: Registration): Promise<boolean> {
  return accepted.then(
    () => true,
    () => false,
  )
}

function addressOf(family: EventFamily, callbackId: number): string {
  return `${family}/${callbackId}`
}
