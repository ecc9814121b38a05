import { type HostId, SAMPLES_KEPT, type VmId } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import type { Clock, Collection, Log, TopicRegistry } from '../engine/index.ts'
import { type HostRegistry, isActiveState } from '../hosts/index.ts'
import type { LiveDetails } from '../vm/index.ts'
import { fetchAddresses } from './fetch-addresses.ts'
import type { HostReading } from './host-sampler.ts'
import { Sampling } from './sampling.ts'

export interface MetricsOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  /** Where sizes of drives and addresses of cards go. */
  readonly details: LiveDetails
  readonly clock: Clock
  readonly log: Log
}

const ADDRESSES_INTERVAL_MS = 15_000

/** Declares the topics `vm.load`, `vm.stats` and `host.stats`: hosts are only asked while somebody is subscribed. */
export function startMetrics({ hosts, topics, details, clock, log }: MetricsOptions): void {
  const sampling = new Sampling({ hosts, clock, log })
  const vms = topics.collection('vms')

  topics.produce('vm.load', (collection) => {
    const byHost = new Map<HostId, ReadonlySet<VmId>>()
    /** A machine that has moved is another host's by now. */
    const keepOnly = (hostId: HostId, now: ReadonlySet<VmId>) => {
      const before = byHost.get(hostId) ?? []
      byHost.set(hostId, now)
      for (const vmId of before) {
        if (!now.has(vmId) && ![...byHost.values()].some((others) => others.has(vmId))) collection.remove(vmId)
      }
    }
    const stopListening = hosts.onChange(({ kind, hostId }) => {
      if (kind !== 'removed') return
      keepOnly(hostId, new Set())
      byHost.delete(hostId)
    })
    const stopWatching = sampling.watchAll((reading) => {
      showDisks(reading)
      for (const [vmId, { sample }] of reading.vms) {
        collection.upsert({
          id: vmId,
          at: sample.at,
          cpuPercent: sample.cpuPercent,
          memoryUsedKiB: sample.memoryUsedKiB,
        })
      }
      keepOnly(reading.hostId, new Set(reading.vms.keys()))
    })
    return () => {
      stopListening()
      stopWatching()
    }
  })

  topics.produce('host.stats', (collection, key) => {
    const hostId = key as HostId
    hosts.get(hostId)
    const keep = keepLatest(collection)
    return sampling.watch(hostId, ({ host }) => {
      if (host !== null) keep(host)
    })
  })

  topics.produce('vm.stats', (collection, key) => {
    const vmId = key as VmId
    if (!vms.entities.has(vmId)) throw new AppError('vm.not-found', { vmId })
    const keep = keepLatest(collection)
    let watched: HostId | null = null
    let stopWatching: () => void = () => undefined
    const follow = () => {
      const hostId = vms.entities.get(vmId)?.hostId ?? null
      if (hostId === watched) return
      watched = hostId
      stopWatching()
      stopWatching = () => undefined
      if (hostId === null) return
      stopWatching = sampling.watch(hostId, (reading) => {
        showDisks(reading, vmId)
        const found = reading.vms.get(vmId)
        if (found !== undefined) keep(found.sample)
      })
    }
    // The VM may be started on another host, or appear only later.
    const stopListening = hosts.onChange((change) => {
      if (change.kind === 'domains' && change.uuids.includes(vmId)) follow()
    })
    follow()
    const stopAddresses = repeat({ clock, log }, ADDRESSES_INTERVAL_MS, (signal) => readAddresses(vmId, signal))
    return () => {
      stopListening()
      stopAddresses()
      stopWatching()
    }
  })

  function showDisks(reading: HostReading, only?: VmId): void {
    for (const [vmId, { counters }] of reading.vms) {
      if ((only === undefined || only === vmId) && counters.disks.size > 0) details.setDisks(vmId, counters.disks)
    }
  }

  async function readAddresses(vmId: VmId, signal: AbortSignal): Promise<void> {
    const hostId = vms.entities.get(vmId)?.hostId
    const link = hostId === undefined ? null : hosts.find(hostId)
    const record = link?.domains.get(vmId)
    if (link === null || record === undefined || !link.isLive || !isActiveState(record.state)) return
    details.setAddresses(vmId, await fetchAddresses(link, record, signal))
  }
}

/** Adds points and lets the oldest go once there are as many as a plot keeps. */
function keepLatest<T extends 'vm.stats' | 'host.stats'>(collection: Collection<T>) {
  const ids: string[] = []
  return (sample: Parameters<Collection<T>['upsert']>[0]) => {
    const id = sample.id
    if (ids.at(-1) === id) return
    ids.push(id)
    collection.upsert(sample)
    if (ids.length > SAMPLES_KEPT) collection.remove(ids.shift() ?? '')
  }
}

/** Runs at once and then again and again, one at a time. Returns how to stop, which aborts what runs. */
function repeat(
  { clock, log }: Pick<MetricsOptions, 'clock' | 'log'>,
  intervalMs: number,
  work: (signal: AbortSignal) => Promise<void>,
): () => void {
  const stopping = new AbortController()
  let cancelTimer: () => void = () => undefined
  const run = async () => {
    try {
      await work(stopping.signal)
    } catch (error) {
      // The host is away, or there is a bug; the next turn tries again.
      if (!isAppError(error)) log.error({ err: error }, 'reading addresses failed by a bug')
    }
    if (!stopping.signal.aborted) cancelTimer = clock.after(intervalMs, () => void run())
  }
  void run()
  return () => {
    stopping.abort()
    cancelTimer()
  }
}
