import type { TopicEntity, TopicName } from '../../shared/contract/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { Entities } from './entity-table.ts'

/** The engine's side of a topic: features write entities, subscribers get batched patches (50 ms). */
export interface Collection<T extends TopicName> {
  readonly entities: Entities<string, TopicEntity<T>>
  /** Adds or replaces. An entity equal in value to what is there makes no patch. Entities must not be changed afterwards. */
  upsert(entity: TopicEntity<T>): void
  remove(id: string): void
  /** Makes the collection exactly this; only differences become patches. */
  replaceAll(entities: Iterable<TopicEntity<T>>): void
}

/** A collection that exists only while it is watched; its producer may end it (the VM is gone). */
export interface ProducedCollection<T extends TopicName> extends Collection<T> {
  /** Closes every subscription with this error. */
  close(error: AppError): void
}

/**
 * Produces a keyed or on-demand topic while at least one subscriber is there. Returns how to stop. An AppError thrown at
 * once (no such VM) closes the subscription with it.
 */
export type TopicProducer<T extends TopicName> = (
  collection: ProducedCollection<T>,
  key: string | undefined,
) => () => void

export interface TopicRegistry {
  /** The collection of an unkeyed topic that always exists. */
  collection<T extends TopicName>(topic: T): Collection<T>
  /**
   * Declares who fills a topic that exists only while watched (`vm.stats`, `host.stats`, `vm.xml`, `vm.load`). The producer
   * starts with the first subscriber of a key and is stopped after the last; the collection is dropped then.
   */
  produce<T extends TopicName>(topic: T, producer: TopicProducer<T>): void
}

/** An entity of some topic, where it does not matter which. */
export interface Entity {
  readonly id: string
}

/** What a subscriber gets: the frames of the contract without a client's subscription id. */
export type TopicFrame =
  | { readonly t: 'snapshot'; readonly epoch: string; readonly rev: number; readonly entities: readonly Entity[] }
  | {
      readonly t: 'patch'
      readonly rev: number
      readonly upsert: readonly Entity[]
      readonly remove: readonly string[]
    }
  /** The last frame of a subscription that the engine ended. */
  | { readonly t: 'closed'; readonly error: AppError }

export type TopicListener = (frame: TopicFrame) => void

export interface SubscribeOptions {
  /** True while the consumer cannot take more. Patches are merged meanwhile; too long, and the subscription is closed. */
  readonly isBusy?: () => boolean
}

export interface Subscription {
  /** Ends it; no frame comes after this returns. */
  unsubscribe(): void
}
