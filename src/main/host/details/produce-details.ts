import type { TopicName } from '../../../shared/contract/index.ts'
import type { HostId } from '../../../shared/domain/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, Log, ProducedCollection, TopicRegistry } from '../../engine/index.ts'
import type { HostChange, HostLink, HostRegistry } from '../../hosts/index.ts'
import { XmlError } from '../../xml/index.ts'
import { fetchDetails } from './fetch-details.ts'
import { fetchDevices } from './fetch-devices.ts'

/** Load and uptime are looked at so often while somebody watches. */
const DETAILS_EVERY_MS = 15_000

export interface ProduceDetailsOptions {
  readonly registry: HostRegistry
  readonly topics: TopicRegistry
  readonly clock: Clock
  readonly log: Log
}

/** Fills `host.details` and `host.devices` while somebody looks. What a host told last is kept with its age for when it is lost. */
export function produceDetails(options: ProduceDetailsOptions): void {
  produce(options, 'host.details', {
    read: async (link, asOf, signal) => [await fetchDetails(link, asOf, signal)],
    isStale: () => false,
    everyMs: DETAILS_EVERY_MS,
  })
  produce(options, 'host.devices', {
    read: fetchDevices,
    isStale: (change) => change.kind === 'driver-event' && change.family === 'node-device',
    everyMs: null,
  })
}

type DetailTopic = Extract<TopicName, 'host.details' | 'host.devices'>
type Entity<T extends DetailTopic> = Parameters<ProducedCollection<T>['upsert']>[0]

interface Reading<T extends DetailTopic> {
  readonly read: (link: HostLink, asOf: number, signal: AbortSignal) => Promise<Entity<T>[]>
  /** May what was read be other after this? */
  readonly isStale: (change: HostChange) => boolean
  /** Read again after so long; null: only when something says that it changed. */
  readonly everyMs: number | null
}

function produce<T extends DetailTopic>(options: ProduceDetailsOptions, topic: T, reading: Reading<T>): void {
  const { registry, topics, clock, log } = options
  const last = new Map<HostId, readonly Entity<T>[]>()
  registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') last.delete(hostId)
  })

  topics.produce(topic, (collection, key) => {
    const hostId = (key ?? '') as HostId
    if (registry.find(hostId) === null) throw new AppError('host.not-found', { hostId })
    const life = new AbortController()
    let isReading = false
    let isAskedAgain = false
    let wasLive = false
    let cancelTimer: () => void = () => undefined

    // Not before it is clear that nothing newer can be had: who asks once is to get what holds now.
    function showLast(): void {
      collection.replaceAll(last.get(hostId) ?? [])
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
        showLast()
        return
      }
      try {
        const entities = await reading.read(link, clock.now(), life.signal)
        if (life.signal.aborted) return
        last.set(hostId, entities)
        collection.replaceAll(entities)
      } catch (error) {
        // What was told before stays, with its age; it is read again when the host, or its driver, is back.
        if (life.signal.aborted) return
        showLast()
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
      const isFirst = change.kind === 'state' && !last.has(hostId)
      if (isBack || isFirst || reading.isStale(change)) void readAll()
    })
    wasLive = registry.find(hostId)?.isLive === true
    void readAll()
    return () => {
      life.abort()
      cancelTimer()
      stopListening()
    }
  })
}
