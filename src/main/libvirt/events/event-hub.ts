import type { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import type { Domain } from '../protocol/types.gen.ts'
import { waitWithin } from '../wait-within.ts'
import { XdrError } from '../xdr/primitives.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { type DecodedEvent, decodeEvent, isEventMessage } from './event-messages.ts'
import type { EventQueue } from './event-queue.ts'
import { type EventFamily, type EventKind, eventSources, type LibvirtEvent } from './event-sources.ts'

/** Events that come before the reply that tells their registration's number. */
const EARLY_MAX = 1_024

/** How the hub turns events on and off at the daemon. */
export interface EventRegistrar {
  /** Calls `registered` inside the turn that handles the reply, so that no event falls between. */
  register(kind: EventKind, domain: Domain | null, registered: (callbackId: number) => void): Promise<number>
  deregister(family: EventFamily, callbackId: number): Promise<void>
}

interface Registration {
  readonly key: string
  readonly family: EventFamily
  readonly queues: Set<EventQueue<LibvirtEvent>>
  /** The daemon's number for it, once the daemon has accepted it. */
  readonly accepted: Promise<number>
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
  /** What the daemon is being asked about registrations now. */
  readonly #asked = new Set<Promise<unknown>>()
  #pending = 0
  #early: DecodedEvent[] = []

  constructor(registrar: EventRegistrar) {
    this.#registrar = registrar
  }

  /**
   * Adds `queue` to those who hear of `kind`. Rejects with the daemon's refusal, or when `options` say that it took too
   * long; the registration itself goes on for whoever else waits for it. Returns how to remove the queue again.
   */
  async add(
    kind: EventKind,
    domain: Domain | null,
    options: CallOptions,
    queue: EventQueue<LibvirtEvent>,
  ): Promise<() => Promise<void>> {
    const key = `${kind}/${domain?.uuid ?? ''}`
    const registration = this.#byKey.get(key) ?? this.#register(key, kind, domain)
    const remove = (): Promise<void> => this.#remove(registration, queue)
    registration.queues.add(queue)
    try {
      await waitWithin(registration.accepted, 'subscribe', options)
    } catch (error) {
      remove().catch(() => undefined)
      throw error
    }
    return remove
  }

  #register(key: string, kind: EventKind, domain: Domain | null): Registration {
    const { family } = eventSources[kind]
    const registered = (callbackId: number): void => {
      this.#byCallback.set(addressOf(family, callbackId), registration)
      this.#deliverEarly(family, callbackId)
    }
    const register = async (): Promise<number> => {
      await this.#leaving.get(key)
      this.#pending += 1
      try {
        return await this.#ask(this.#registrar.register(kind, domain, registered))
      } finally {
        this.#pending -= 1
        if (this.#pending === 0) this.#early = []
      }
    }
    const queues = new Set<EventQueue<LibvirtEvent>>()
    const registration: Registration = { key, family, queues, accepted: register() }
    this.#byKey.set(key, registration)
    return registration
  }

  /** The last one to leave unregisters. The daemon's workers may take two calls in either order: who comes then waits. */
  async #remove(registration: Registration, queue: EventQueue<LibvirtEvent>): Promise<void> {
    const { key, queues } = registration
    if (!queues.delete(queue) || queues.size > 0 || this.#byKey.get(key) !== registration) return
    this.#byKey.delete(key)
    const leaving = this.#deregister(registration)
    const left = leaving
      .catch(() => undefined)
      .finally(() => {
        // Another registration of the same may have come and begun to leave meanwhile: whoever is next waits for that.
        if (this.#leaving.get(key) === left) this.#leaving.delete(key)
      })
    this.#leaving.set(key, left)
    await leaving
  }

  async #deregister({ family, accepted }: Registration): Promise<void> {
    const callbackId = await accepted.catch(() => undefined)
    if (callbackId === undefined) return
    this.#byCallback.delete(addressOf(family, callbackId))
    await this.#ask(this.#registrar.deregister(family, callbackId))
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    this.#asked.add(answer)
    try {
      return await answer
    } finally {
      this.#asked.delete(answer)
    }
  }

  /** Resolves, and never rejects, when the daemon has answered what it is being asked about registrations; null: it is asked nothing. */
  settled(): Promise<unknown> | null {
    return this.#asked.size === 0 ? null : Promise.allSettled(this.#asked)
  }

  /**
   * Handles one message packet. Messages that nobody subscribed to are passed over: the daemon may have sent them
   * before it learned that they are no longer wanted. Throws XdrError for one that the protocol does not have, and when
   * more come before a registration is answered than are kept: better no connection than one with events missing.
   */
  dispatch(program: number, procedure: number, payload: XdrReader): void {
    const decoded = decodeEvent(program, procedure, payload)
    if (decoded === undefined) {
      if (isEventMessage(program, procedure)) return
      throw new XdrError(`message of the unknown procedure ${procedure} of program 0x${program.toString(16)}`)
    }
    payload.finish()
    if (this.#byCallback.has(addressOf(decoded.family, decoded.callbackId))) this.#deliver(decoded)
    else if (this.#pending > 0) this.#keep(decoded)
  }

  #keep(decoded: DecodedEvent): void {
    if (this.#early.length >= EARLY_MAX)
      throw new XdrError(`over ${EARLY_MAX} events before their registration's reply`)
    this.#early.push(decoded)
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

function addressOf(family: EventFamily, callbackId: number): string {
  return `${family}/${callbackId}`
}
