import type { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import { isLibvirtError } from '../errors.ts'
import type { Domain } from '../protocol/types.gen.ts'
import type { EventHub } from './event-hub.ts'
import { EventQueue } from './event-queue.ts'
import type { EventKind, LibvirtEvent } from './event-sources.ts'

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

/** Subscribes to all kinds of `options.events` at once. Rejects when one is refused, unless `allowRefused`. */
export async function subscribe<K extends EventKind>(
  hub: EventHub,
  overflow: (error: AppError) => void,
  options: SubscribeOptions<K>,
): Promise<EventSubscription<K>> {
  const queue = new EventQueue<LibvirtEvent>(options.queueLength ?? QUEUE_MAX_DEFAULT, overflow)
  const removals: (() => Promise<void>)[] = []
  const refused: { kind: K; error: AppError<'libvirt.call-failed'> }[] = []

  async function add(kind: K): Promise<void> {
    try {
      removals.push(await hub.add(kind, options.domain ?? null, options, queue))
    } catch (error) {
      if (!options.allowRefused || !isLibvirtError(error)) throw error
      refused.push({ kind, error })
    }
  }

  async function close(): Promise<void> {
    queue.end(undefined)
    // When the connection has ended, the daemon has forgotten the registrations anyway.
    await Promise.allSettled(removals.splice(0).map((remove) => remove()))
  }

  const outcomes = await Promise.allSettled(options.events.map(add))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) {
    // Not waited for: a daemon that hangs would hold up the refusal, or the abort, beyond its time limit.
    void close()
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
