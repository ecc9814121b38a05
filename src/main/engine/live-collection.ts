import type { TopicEntity, TopicName } from '../../shared/contract/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Collection, Entity, SubscribeOptions, Subscription, TopicFrame, TopicListener } from './collection.ts'
import { EntityTable } from './entity-table.ts'
import { isEqualValue } from './is-equal-value.ts'

/** A subscriber that stays busy for longer than this is closed with `topic.subscriber-too-slow`. */
export const BUSY_LIMIT_MS = 30_000

/** What a collection needs of the registry that owns it. */
export interface CollectionOwner {
  readonly epoch: string
  monotonicMs(): number
  rev(): number
  /** Something changed: count the revision up, see to a flush. */
  onChange(topic: TopicName, id: string): void
  /** A subscriber lags: see to another flush even if nothing changes. */
  onLag(): void
  onUnwatched(): void
  /** A listener threw: a bug of whoever gave it. Its subscription is over. */
  onListenerFailed(topic: TopicName, error: unknown): void
}

interface Subscriber {
  readonly listener: TopicListener
  readonly isBusy: () => boolean
  /** Ids that changed while it was busy; bounded by the ids of the collection. Null while it keeps up. */
  missed: Set<string> | null
  /** By the monotonic clock. */
  busySince: number
}

const neverBusy = () => false

/**
 * The entities of one topic address, and who watches them. A change costs O(1); a patch is built once and shared by all
 * subscribers that keep up. One that is busy gets its patches merged when it has caught up.
 */
export class LiveCollection<T extends TopicName> implements Collection<T> {
  readonly entities = new EntityTable<string, TopicEntity<T>>()
  readonly #topic: T
  readonly #owner: CollectionOwner
  readonly #subscribers = new Set<Subscriber>()
  #dirty = new Set<string>()
  /** What all that subscribe before the next change get: one list, so that it is written once. */
  #snapshot: readonly Entity[] | null = null

  constructor(topic: T, owner: CollectionOwner) {
    this.#topic = topic
    this.#owner = owner
  }

  get isWatched(): boolean {
    return this.#subscribers.size > 0
  }

  upsert(entity: TopicEntity<T>): void {
    const { id } = entity as Entity
    const former = this.entities.get(id)
    if (former !== undefined && isEqualValue(former, entity)) return
    this.entities.set(id, entity)
    this.#changed(id)
  }

  remove(id: string): void {
    if (this.entities.delete(id)) this.#changed(id)
  }

  replaceAll(entities: Iterable<TopicEntity<T>>): void {
    const kept = new Set<string>()
    for (const entity of entities) {
      kept.add((entity as Entity).id)
      this.upsert(entity)
    }
    for (const id of this.entities.keys()) {
      if (!kept.has(id)) this.remove(id)
    }
  }

  subscribe(listener: TopicListener, options: SubscribeOptions = {}): Subscription {
    this.flush()
    const subscriber: Subscriber = { listener, isBusy: options.isBusy ?? neverBusy, missed: null, busySince: 0 }
    this.#subscribers.add(subscriber)
    this.#snapshot ??= [...this.entities.values()] as readonly Entity[]
    this.#deliver(subscriber, {
      t: 'snapshot',
      epoch: this.#owner.epoch,
      rev: this.#owner.rev(),
      entities: this.#snapshot,
    })
    return { unsubscribe: () => this.#drop(subscriber) }
  }

  /** Hands out what changed since the last flush. */
  flush(): void {
    const changed = this.#dirty
    if (changed.size > 0) this.#dirty = new Set()
    let shared: TopicFrame | null = null
    for (const subscriber of [...this.#subscribers]) {
      if (subscriber.missed !== null || (changed.size > 0 && subscriber.isBusy())) this.#catchUp(subscriber, changed)
      else if (changed.size > 0) {
        shared ??= this.#patch(changed)
        this.#deliver(subscriber, shared)
      }
    }
  }

  /** Ends every subscription with `error`. */
  close(error: AppError): void {
    for (const subscriber of [...this.#subscribers]) this.#closeOne(subscriber, error)
  }

  #changed(id: string): void {
    this.#snapshot = null
    if (this.#subscribers.size > 0) this.#dirty.add(id)
    this.#owner.onChange(this.#topic, id)
  }

  #catchUp(subscriber: Subscriber, changed: ReadonlySet<string>): void {
    const now = this.#owner.monotonicMs()
    if (subscriber.missed === null) {
      subscriber.missed = new Set()
      subscriber.busySince = now
    }
    for (const id of changed) subscriber.missed.add(id)
    if (!subscriber.isBusy()) {
      const patch = this.#patch(subscriber.missed)
      subscriber.missed = null
      this.#deliver(subscriber, patch)
    } else if (now - subscriber.busySince >= BUSY_LIMIT_MS) {
      const queueLength = subscriber.missed.size
      this.#closeOne(subscriber, new AppError('topic.subscriber-too-slow', { topic: this.#topic, queueLength }))
    } else {
      this.#owner.onLag()
    }
  }

  #patch(ids: ReadonlySet<string>): TopicFrame {
    const upsert: Entity[] = []
    const remove: string[] = []
    for (const id of ids) {
      const entity = this.entities.get(id) as Entity | undefined
      if (entity === undefined) remove.push(id)
      else upsert.push(entity)
    }
    return { t: 'patch', rev: this.#owner.rev(), upsert, remove }
  }

  #closeOne(subscriber: Subscriber, error: AppError): void {
    if (!this.#subscribers.has(subscriber)) return
    this.#drop(subscriber)
    this.#deliver(subscriber, { t: 'closed', error })
  }

  /** One listener's failure is its own: a frame that it missed would leave it with a wrong picture, so it gets no more. */
  #deliver(subscriber: Subscriber, frame: TopicFrame): void {
    try {
      subscriber.listener(frame)
    } catch (error) {
      this.#owner.onListenerFailed(this.#topic, error)
      if (frame.t !== 'closed') this.#closeOne(subscriber, new AppError('internal', { detail: 'the listener threw' }))
    }
  }

  #drop(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber) || this.#subscribers.size > 0) return
    this.#dirty.clear()
    this.#snapshot = null
    this.#owner.onUnwatched()
  }
}
