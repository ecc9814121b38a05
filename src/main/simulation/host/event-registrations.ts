import { type DaemonClient, DaemonError } from '../../libvirt/server/index.ts'

/** Whose events: each family counts its own. */
export type EventFamily = 'domain' | 'network' | 'storage-pool' | 'node-device' | 'secret'

/** How many kinds of event each family has (`VIR_DOMAIN_EVENT_ID_LAST` and its like, libvirt 9). */
const KINDS: Readonly<Record<EventFamily, number>> = {
  domain: 30,
  network: 2,
  'storage-pool': 2,
  'node-device': 2,
  secret: 2,
}

interface Registration {
  readonly family: EventFamily
  readonly eventId: number
  /** Of one object only; null: of all. */
  readonly uuid: string | null
  readonly client: DaemonClient
}

/** Who wants to hear of what, of all clients of a daemon. */
export class EventRegistrations {
  readonly #byCallback = new Map<number, Registration>()
  #nextCallback = 1

  /** The number that events of this registration come with. Throws as libvirt refuses a kind that it does not know. */
  add(family: EventFamily, eventId: number, uuid: string | null, client: DaemonClient): number {
    if (eventId < 0 || eventId >= KINDS[family]) {
      throw new DaemonError('invalidArgument', `invalid argument: eventID must be less than ${KINDS[family]}`, 'rpc')
    }
    const callbackId = this.#nextCallback++
    this.#byCallback.set(callbackId, { family, eventId, uuid, client })
    void client.closed.then(() => this.#byCallback.delete(callbackId))
    return callbackId
  }

  remove(callbackId: number, client: DaemonClient): void {
    if (this.#byCallback.get(callbackId)?.client !== client) {
      throw new DaemonError('invalidArgument', `domain event callback ${callbackId} not registered`, 'rpc')
    }
    this.#byCallback.delete(callbackId)
  }

  /** Tells everybody who registered for that event. */
  emit(
    family: EventFamily,
    eventId: number,
    uuid: string,
    send: (client: DaemonClient, callbackID: number) => void,
  ): void {
    for (const [callbackId, registration] of [...this.#byCallback]) {
      const { family: of, eventId: kind, uuid: only, client } = registration
      if (of === family && kind === eventId && (only === null || only === uuid)) send(client, callbackId)
    }
  }
}
