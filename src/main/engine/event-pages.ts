import { type ClusterId, type DatacenterId, EVENTS_PER_PAGE } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { LiveTopics } from './live-topics.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import type { AuditStore, Log } from './ports.ts'

/** The id of a line, and of what the page is to be about. */
const KEY = /^(\d{1,15})(?:\/([\w:.-]{1,100}))?$/

export interface EventPagesOptions {
  readonly topics: LiveTopics
  readonly store: Pick<AuditStore, 'fetchBefore'>
  readonly log: Log
  /** Waits until what was told so far is in the store. */
  readonly flush: () => Promise<void>
}

/** Fills `events.page`: older lines than the topic `events` shows, read once for whoever asks. */
export function produceEventPages({ topics, store, log, flush }: EventPagesOptions): void {
  topics.produce('events.page', (collection, key = '') => {
    const [, before, objectId = null] = KEY.exec(key) ?? []
    if (before === undefined) throw new AppError('topic.key-invalid', { topic: 'events.page', key: key.slice(0, 128) })
    let stopped = false

    async function read(first: string): Promise<void> {
      try {
        await flush()
        const objectIds = objectId === null ? null : decidePageObjects(topics.model(), objectId)
        const { events, next } = await store.fetchBefore({ before: first, objectIds, limit: EVENTS_PER_PAGE })
        if (!stopped) collection.upsert({ id: key, events: [...events], next })
      } catch (error) {
        if (!isAppError(error)) log.error({ err: error }, 'reading older lines of the trail failed by a bug')
        if (!stopped)
          collection.close(isAppError(error) ? error : new AppError('internal', { detail: 'reading failed' }))
      }
    }

    void read(before)
    return () => {
      stopped = true
    }
  })
}

/**
 * What lines of a page are about: the object itself, and what it holds now; what was on a host comes with the host. Of one that is no
 * cluster or datacenter, or not any more, its own. Pure.
 */
export function decidePageObjects(model: ModelSnapshot, objectId: string): readonly string[] {
  const clusters = model.clusters.where('datacenterId', objectId as DatacenterId).map(({ id }) => id)
  const held = [...clusters, objectId as ClusterId].flatMap((id) => model.hosts.where('clusterId', id))
  const domains = model.storageDomains.where('datacenterId', objectId as DatacenterId)
  const networks = model.networks.where('datacenterId', objectId as DatacenterId)
  return [objectId, ...clusters, ...[...held, ...domains, ...networks].map(({ id }) => id)]
}
