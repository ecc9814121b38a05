import type { AppError } from '../../shared/errors/index.ts'

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
