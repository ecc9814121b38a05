import type { TopicEntity, TopicName } from '../../shared/contract/index.ts'
import { isTopicName, topics } from '../../shared/contract/index.ts'
import type { Settings } from '../../shared/domain/index.ts'
import { defaultSettings } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type {
  Collection,
  SubscribeOptions,
  Subscription,
  TopicListener,
  TopicProducer,
  TopicRegistry,
} from './collection.ts'
import type { Entities } from './entity-table.ts'
import { LiveCollection } from './live-collection.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import type { Clock, Log } from './ports.ts'
import { createTopicWaiters, type WaitOptions } from './topic-waiters.ts'

/** Changes are handed out in batches at least this far apart, milliseconds. */
export const BATCH_MS = 50

/** After a pause the first ones wait this long: what one event of a host changes in several topics comes within it. */
export const GATHER_MS = 10

/** Topics that are made of topics, one above the other (VMs, clusters, datacenters), and one to spare. */
const DERIVED_DEPTH = 4

/** The registry with what only the engine, the shells and tests need of it. */
export interface LiveTopics extends TopicRegistry {
  readonly epoch: string
  /** A snapshot comes at once, before this returns; then patches. An unknown topic or a missing key gives one `closed` frame. */
  subscribe(
    address: { readonly topic: string; readonly key?: string | undefined },
    listener: TopicListener,
    options?: SubscribeOptions,
  ): Subscription
  /** True for a topic that exists only while somebody watches it. */
  isProduced(topic: TopicName): boolean
  /** The model now. Its maps are live views. */
  model(): ModelSnapshot
  /** Counts every change of any topic. */
  rev(): number
  /** Hands out at once what waits for its batch: so a reply never overtakes its own effect. */
  flush(): void
  /**
   * Waits until `predicate` holds for an entity (`undefined`: it is not there). Resolves true; false when `timeoutMs` is over
   * or the topics stop. Rejects with the signal's reason.
   */
  waitFor<T extends TopicName>(
    topic: T,
    id: string,
    predicate: (entity: TopicEntity<T> | undefined) => boolean,
    options: WaitOptions,
  ): Promise<boolean>
  /** Closes every subscription with `engine.stopping` and stops the producers. */
  stop(): void
}

export interface LiveTopicsOptions {
  /** Names this run of the engine: a client that sees another one forgets everything. */
  readonly epoch: string
  readonly clock: Clock
  readonly log: Log
}

type AnyCollection = LiveCollection<TopicName>

interface ProducedEntry {
  readonly collection: AnyCollection
  stop: () => void
}

/** Builds the registry of all topics. See {@link LiveTopics}. */
export function createTopicRegistry({ epoch, clock, log }: LiveTopicsOptions): LiveTopics {
  const permanent = new Map<string, AnyCollection>()
  const produced = new Map<string, ProducedEntry>()
  const producers = new Map<string, TopicProducer<TopicName>>()
  const waiters = createTopicWaiters(clock)
  let revision = 0
  let stopped = false
  let cancelBatch: (() => void) | null = null
  let lastBatchAt = Number.NEGATIVE_INFINITY

  function schedule(): void {
    if (cancelBatch !== null || stopped) return
    const waitMs = Math.max(GATHER_MS, lastBatchAt + BATCH_MS - clock.monotonicMs())
    cancelBatch = clock.after(waitMs, () => {
      cancelBatch = null
      lastBatchAt = clock.monotonicMs()
      flush()
    })
  }

  /** A topic may be made of others, by a listener to those: what it changes goes out with what it follows from. */
  function flush(): void {
    for (let round = 0; round < DERIVED_DEPTH; round += 1) {
      const before = revision
      for (const collection of permanent.values()) collection.flush()
      for (const { collection } of produced.values()) collection.flush()
      if (revision === before) return
    }
  }

  function makeCollection(topic: TopicName, onUnwatched: () => void): AnyCollection {
    const collection: AnyCollection = new LiveCollection(topic, {
      epoch,
      monotonicMs: () => clock.monotonicMs(),
      rev: () => revision,
      onChange: (changedTopic, id) => {
        revision++
        if (collection.isWatched) schedule()
        waiters.check(changedTopic, id, collection.entities.get(id))
      },
      onLag: schedule,
      onUnwatched,
      onListenerFailed: (failedTopic, error) => log.error({ err: error, topic: failedTopic }, 'a subscriber threw'),
    })
    return collection
  }

  function permanentCollection(topic: TopicName): AnyCollection {
    let collection = permanent.get(topic)
    if (collection === undefined) {
      collection = makeCollection(topic, () => undefined)
      permanent.set(topic, collection)
    }
    return collection
  }

  function producedCollection(
    topic: TopicName,
    key: string | undefined,
    producer: TopicProducer<TopicName>,
  ): AnyCollection {
    const address = JSON.stringify([topic, key])
    const running = produced.get(address)
    if (running !== undefined) return running.collection
    const collection = makeCollection(topic, () => {
      const entry = produced.get(address)
      produced.delete(address)
      try {
        entry?.stop()
      } catch (error) {
        log.error({ err: error, topic }, 'a producer threw when it was stopped')
      }
    })
    const entry: ProducedEntry = { collection, stop: () => undefined }
    produced.set(address, entry)
    try {
      entry.stop = producer(collection, key)
    } catch (error) {
      produced.delete(address)
      throw error
    }
    return collection
  }

  function find(topic: string, key: string | undefined): AnyCollection {
    if (stopped) throw new AppError('engine.stopping', {}, { retry: 'safe' })
    if (!isTopicName(topic)) throw new AppError('topic.unknown', { topic })
    if (topics[topic].keyed && key === undefined) throw new AppError('topic.key-required', { topic })
    const producer = producers.get(topic)
    if (producer !== undefined) return producedCollection(topic, topics[topic].keyed ? key : undefined, producer)
    if (topics[topic].keyed) throw new AppError('topic.unknown', { topic })
    return permanentCollection(topic)
  }

  function entities<T extends TopicName>(topic: T): Entities<string, TopicEntity<T>> {
    return permanentCollection(topic).entities as unknown as Entities<string, TopicEntity<T>>
  }

  return {
    epoch,
    collection: <T extends TopicName>(topic: T) => permanentCollection(topic) as unknown as Collection<T>,
    produce: (topic, producer) => {
      producers.set(topic, producer)
    },
    isProduced: (topic) => producers.has(topic),
    subscribe: (address, listener, options) => {
      let collection: AnyCollection
      try {
        collection = find(address.topic, address.key)
      } catch (error) {
        if (!isAppError(error)) log.error({ err: error, topic: address.topic }, 'a producer threw')
        const reason = isAppError(error) ? error : new AppError('internal', { detail: 'the producer threw' })
        listener({ t: 'closed', error: reason })
        return { unsubscribe: () => undefined }
      }
      return collection.subscribe(listener, options)
    },
    model: () => ({
      now: clock.now(),
      datacenters: entities('datacenters') as unknown as ModelSnapshot['datacenters'],
      clusters: entities('clusters') as unknown as ModelSnapshot['clusters'],
      hosts: entities('hosts') as unknown as ModelSnapshot['hosts'],
      vms: entities('vms') as unknown as ModelSnapshot['vms'],
      storageDomains: entities('storage-domains') as unknown as ModelSnapshot['storageDomains'],
      networks: entities('networks') as unknown as ModelSnapshot['networks'],
      vnicProfiles: entities('vnic-profiles') as unknown as ModelSnapshot['vnicProfiles'],
      disks: entities('disks') as unknown as ModelSnapshot['disks'],
      templates: entities('templates') as unknown as ModelSnapshot['templates'],
      tasks: entities('tasks') as unknown as ModelSnapshot['tasks'],
      settings: (entities('settings').get('settings') as Settings | undefined) ?? defaultSettings,
    }),
    rev: () => revision,
    flush,
    waitFor: (topic, id, predicate, options) =>
      waiters.wait(topic, id, entities(topic).get(id), predicate as (entity: unknown) => boolean, options),
    stop: () => {
      if (stopped) return
      flush()
      stopped = true
      cancelBatch?.()
      cancelBatch = null
      waiters.stop()
      const error = new AppError('engine.stopping', {}, { retry: 'safe' })
      for (const collection of permanent.values()) collection.close(error)
      for (const { collection } of [...produced.values()]) collection.close(error)
    },
  }
}
