import type { z } from 'zod'
import type { TopicName } from '../../../shared/contract/index.ts'
import type { HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log, ProducedCollection, TopicRegistry } from '../../engine/index.ts'
import type { HostChange, HostLink, HostRegistry } from '../../hosts/index.ts'
import type { ToldByHostsRepository } from '../../inventory/index.ts'
import { XmlError } from '../../xml/index.ts'

/** What is read again by the clock is stored no more often; what is read because it changed is stored at once. */
const KEEP_EVERY_MS = 60_000

export interface ProduceOptions {
  readonly registry: HostRegistry
  readonly topics: TopicRegistry
  /** Where what was told last is kept. Left out: only as long as the engine runs. */
  readonly store?: Pick<ToldByHostsRepository, 'fetch' | 'save'>
  readonly clock: Clock
  readonly log: Log
}

type Entity<T extends TopicName> = Parameters<ProducedCollection<T>['upsert']>[0]

export interface Reading<T extends TopicName> {
  readonly read: (link: HostLink, asOf: number, signal: AbortSignal, key: string) => Promise<Entity<T>[]>
  /** May what was read be other after this? */
  readonly isStale: (change: HostChange) => boolean
  /** Read again after so long; null: only when something says that it changed. */
  readonly everyMs: number | null
  /** Kept in the inventory, for an engine that starts while the host is away. */
  readonly kept?: { readonly kind: 'details' | 'devices'; readonly schema: z.ZodType<Entity<T>[]> }
  /** What was read is let go when nobody looks any more. */
  readonly isForgotten?: boolean
  /** The host that a key is about. Default: the key is its id. Errors: what the subscriber is told when there is none. */
  readonly hostOf?: (key: string) => HostId
}

/**
 * Fills a topic with what is read of a host, while somebody looks. What was read last is shown with its age while the host is away.
 * Returns how to have it read again at once, after a change that no event tells of.
 */
export function produceReadings<T extends TopicName>(
  options: ProduceOptions,
  topic: T,
  reading: Reading<T>,
): (hostId: HostId) => void {
  const { registry, topics, clock, log, store } = options
  const { kept } = reading
  const keptMs = new Map<HostId, number>()
  const hostOf = reading.hostOf ?? ((key) => key as HostId)
  const last = new Map<string, readonly Entity<T>[]>()
  const shown = new Set<{ readonly hostId: HostId; readonly readAgain: () => void }>()
  registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') last.delete(hostId)
  })

  /** What an earlier engine was told, unless this one was told meanwhile. */
  async function recall(hostId: HostId): Promise<void> {
    if (kept === undefined || store === undefined || last.has(hostId)) return
    const told = await store.fetch(hostId, kept.kind, kept.schema)
    if (told !== null && !last.has(hostId)) last.set(hostId, told.value)
  }

  function keep(hostId: HostId, entities: readonly Entity<T>[]): void {
    const nowMs = clock.monotonicMs()
    const pauseMs = reading.everyMs === null ? 0 : KEEP_EVERY_MS
    if (kept === undefined || store === undefined || nowMs - (keptMs.get(hostId) ?? Number.NEGATIVE_INFINITY) < pauseMs)
      return
    keptMs.set(hostId, nowMs)
    store
      .save(hostId, kept.kind, { value: entities, toldAt: clock.now() })
      .catch((error: unknown) => log.warn({ err: error, hostId, topic }, 'what a host told could not be kept'))
  }

  topics.produce(topic, (collection, key = '') => {
    const hostId = hostOf(key)
    if (registry.find(hostId) === null) throw new AppError('host.not-found', { hostId })
    const life = new AbortController()
    let isReading = false
    let isAskedAgain = false
    let wasLive = false
    let cancelTimer: () => void = () => undefined

    // Not before it is clear that nothing newer can be had: who asks once is to get what holds now.
    async function showLast(): Promise<void> {
      try {
        await recall(hostId)
      } catch (error) {
        if (!isAppError(error)) log.error({ err: error, hostId, topic }, 'what a host told before could not be read')
      }
      if (!life.signal.aborted) collection.replaceAll(last.get(key) ?? [])
    }

    async function readAll(): Promise<void> {
      if (isReading) {
        isAskedAgain = true
        return
      }
      isReading = true
      cancelTimer()
      do {
        isAskedAgain = false
        await readOnce()
      } while (isAskedAgain && !life.signal.aborted)
      isReading = false
      if (reading.everyMs !== null && !life.signal.aborted) {
        cancelTimer = clock.after(reading.everyMs, () => void readAll())
      }
    }

    async function readOnce(): Promise<void> {
      const link = registry.find(hostId)
      if (link === null || !link.isLive) {
        await showLast()
        return
      }
      try {
        const entities = await reading.read(link, clock.now(), life.signal, key)
        if (life.signal.aborted) return
        last.set(key, entities)
        keep(hostId, entities)
        collection.replaceAll(entities)
      } catch (error) {
        // What was told before stays, with its age; it is read again when the host, or its driver, is back.
        if (life.signal.aborted) return
        await showLast()
        if (isAppError(error) || error instanceof XmlError) return
        log.error({ err: error, hostId, topic }, 'reading details failed by a bug')
      }
    }

    const stopListening = registry.onChange((change) => {
      if (change.hostId !== hostId) return
      if (change.kind === 'removed') {
        collection.close(new AppError('host.not-found', { hostId }))
        return
      }
      const isLive = registry.find(hostId)?.isLive === true
      const isBack = isLive && !wasLive
      wasLive = isLive
      // Its driver may have come only now.
      const isFirst = change.kind === 'state' && !last.has(key)
      if (isBack || isFirst || reading.isStale(change)) void readAll()
    })
    wasLive = registry.find(hostId)?.isLive === true
    const own = { hostId, readAgain: () => void readAll() }
    shown.add(own)
    void readAll()
    return () => {
      shown.delete(own)
      life.abort()
      cancelTimer()
      stopListening()
      if (reading.isForgotten === true) last.delete(key)
    }
  })
  return (hostId) => {
    for (const one of shown) if (one.hostId === hostId) one.readAgain()
  }
}
