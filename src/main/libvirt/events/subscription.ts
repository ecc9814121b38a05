import type { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions, LibvirtConnection } from '../connection/connection-types.ts'
import { isLibvirtError } from '../errors.ts'
import type { Domain } from '../protocol/types.gen.ts'
import type { EventHub } from './event-hub.ts'
import { EventQueue } from './event-queue.ts'
import { type EventFamily, type EventKind, eventSources, type LibvirtEvent } from './event-sources.ts'

const QUEUE_MAX_DEFAULT = 8_192

export interface SubscribeOptions<K extends EventKind> extends CallOptions {
  /** The kinds of event, all of which come in one sequence. */
  readonly events: readonly K[]
  /** Only events of this domain (kinds of domain events only). Default: of all. */
  readonly domain?: Domain | undefined
  /** How many events may wait for the consumer, 8,192 by default. One more, and the connection is given up. */
  readonly queueLength?: number | undefined
  /** Kinds that the daemon refuses (too old, no such driver) end up in `refused` instead of failing the subscription. */
  readonly allowRefused?: boolean | undefined
}

/**
 * Events in the order in which the daemon sent them. The iteration ends with `close`, or rejects with the reason why
 * the connection ended. One consumer at a time.
 */
export interface EventSubscription<K extends EventKind> extends AsyncIterableIterator<LibvirtEvent<K>, undefined> {
  /** Kinds that the daemon does not offer. */
  readonly refused: readonly { readonly kind: K; readonly error: AppError<'libvirt.call-failed'> }[]
  /** Unregisters and ends the iteration. Never rejects. */
  close(): Promise<void>
}

interface Registration {
  readonly family: EventFamily
  readonly callbackId: number
}

/** Registers for one kind; calls back inside the turn of the reply, so that no event falls between. */
export type Register = (
  kind: EventKind,
  domain: Domain | null,
  options: CallOptions,
  registered: (callbackId: number) => void,
) => Promise<void>

/** Subscribes to all kinds of `options.events` at once. Rejects when one is refused, unless `allowRefused`. */
export async function subscribe<K extends EventKind>(
  hub: EventHub,
  register: Register,
  connection: Pick<LibvirtConnection, 'call'>,
  overflow: (error: AppError) => void,
  options: SubscribeOptions<K>,
): Promise<EventSubscription<K>> {
  const queue = new EventQueue<LibvirtEvent>(options.queueLength ?? QUEUE_MAX_DEFAULT, overflow)
  const registrations: Registration[] = []
  const refused: { kind: K; error: AppError<'libvirt.call-failed'> }[] = []

  async function registerKind(kind: K): Promise<void> {
    const { family } = eventSources[kind]
    hub.registering()
    try {
      await register(kind, options.domain ?? null, options, (callbackId) => {
        registrations.push({ family, callbackId })
        hub.registered(family, callbackId, queue)
      })
    } catch (error) {
      hub.registrationFailed()
      if (!options.allowRefused || !isLibvirtError(error)) throw error
      refused.push({ kind, error })
    }
  }

  async function close(): Promise<void> {
    queue.end(undefined)
    const open = registrations.splice(0)
    for (const { family, callbackId } of open) hub.forget(family, callbackId)
    // An end of the connection unregisters as well as the call would have done.
    await Promise.allSettled(open.map((each) => deregister(connection, each)))
  }

  const outcomes = await Promise.allSettled(options.events.map(registerKind))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) {
    await close()
    throw failure.reason
  }
  const subscription: EventSubscription<K> = {
    refused,
    close,
    // Only events of the registered kinds are ever pushed.
    next: () => queue.next() as Promise<IteratorResult<LibvirtEvent<K>, undefined>>,
    return: () => close().then(() => ({ done: true, value: undefined })),
    [Symbol.asyncIterator]: () => subscription,
  }
  return subscription
}

function deregister(
  connection: Pick<LibvirtConnection, 'call'>,
  { family, callbackId }: Registration,
): Promise<unknown> {
  const args = { callbackID: callbackId }
  switch (family) {
    case 'domain':
      return connection.call('CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY', args)
    case 'network':
      return connection.call('CONNECT_NETWORK_EVENT_DEREGISTER_ANY', args)
    case 'storage-pool':
      return connection.call('CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY', args)
    case 'node-device':
      return connection.call('CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY', args)
    case 'secret':
      return connection.call('CONNECT_SECRET_EVENT_DEREGISTER_ANY', args)
  }
}
