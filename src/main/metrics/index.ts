import type { HostSample, VmSample } from '../../shared/domain/index.ts'
import { type HostId, STATS_KEPT_MS, type VmId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { Clock, Collection, Log, TopicRegistry } from '../engine/index.ts'
import {
  type DomainRecord,
  type HostLink,
  type HostRegistry,
  isActiveState,
  refreshEverywhere,
} from '../hosts/index.ts'
import type { LiveDetails } from '../vm/index.ts'
import { fetchAddresses } from './fetch-addresses.ts'
import { fetchDriveSizes } from './fetch-drive-sizes.ts'
import { fetchGuest } from './fetch-guest.ts'
import { repeat } from './repeat.ts'
import { Sampling } from './sampling.ts'

export { repeat } from './repeat.ts'

export interface MetricsOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  /** Where addresses of cards go. */
  readonly details: LiveDetails
  /** Told each sample of a host, whether somebody looks or not. */
  readonly onHostSample: (hostId: HostId, sample: HostSample) => void
  readonly clock: Clock
  readonly log: Log
}

const ADDRESSES_INTERVAL_MS = 15_000
const DRIVES_INTERVAL_MS = 30_000
const GUEST_INTERVAL_MS = 30_000

/**
 * Keeps the statistics of what runs, and declares the topics that show them: `vm.load`, `vm.stats`, `vm.drives`,
 * `vm.guest` and `host.stats`. Returns how to stop.
 */
export function startMetrics({ hosts, topics, details, onHostSample, clock, log }: MetricsOptions): () => void {
  const vms = topics.collection('vms')
  const hostOf = (vmId: VmId) => vms.entities.get(vmId)?.hostId ?? null
  const sampling = new Sampling({ hosts, hostOf, onHostSample, clock, log })

  topics.produce('vm.load', (collection, key) => {
    const hostId = key as HostId
    hosts.get(hostId)
    return sampling.watch(hostId, (reading) => {
      const here = [...reading.vms].filter(([vmId]) => hostOf(vmId) === hostId)
      collection.replaceAll(
        here.map(([id, { at, cpuPercent, memoryUsedKiB, memorySource }]) => {
          return { id, at, cpuPercent, memoryUsedKiB, memorySource }
        }),
      )
    })
  })

  topics.produce('host.stats', (collection, key) => {
    const hostId = key as HostId
    hosts.get(hostId)
    const keep = keepLatest<'host.stats', HostSample>(collection)
    for (const sample of sampling.hostSamples(hostId)) keep(sample)
    return sampling.watch(hostId, ({ host }) => {
      if (host !== null) keep(host)
    })
  })

  topics.produce('vm.stats', (collection, key) => {
    const vmId = knownVm(key)
    // Whoever opens a machine's page is shown it as it is now, also where no event told of a change.
    void refreshEverywhere(hosts.list(), vmId)
    const keep = keepLatest<'vm.stats', VmSample>(collection)
    for (const sample of sampling.vmSamples(vmId)) keep(sample)
    let watched: HostId | null = null
    let stopWatching: () => void = () => undefined
    const follow = () => {
      const hostId = hostOf(vmId)
      if (hostId === watched) return
      watched = hostId
      stopWatching()
      stopWatching = () => undefined
      if (hostId === null) return
      stopWatching = sampling.watch(hostId, (reading) => {
        const sample = reading.vms.get(vmId)
        if (sample !== undefined) keep(sample)
      })
    }
    // The VM may be started on another host, or appear only later.
    const stopListening = hosts.onChange((change) => {
      if (change.kind === 'domains' && change.uuids.includes(vmId)) follow()
    })
    follow()
    const addresses = repeat({ clock, log, intervalMs: ADDRESSES_INTERVAL_MS }, (signal) => readAddresses(vmId, signal))
    return () => {
      stopListening()
      addresses.stop()
      stopWatching()
    }
  })

  // Another drive, another size; what runs grows by itself.
  topics.produce('vm.drives', (collection, key) =>
    readWhileWatched(knownVm(key), DRIVES_INTERVAL_MS, fetchDriveSizes, (sizes) => collection.replaceAll(sizes)),
  )

  topics.produce('vm.guest', (collection, key) =>
    readWhileWatched(knownVm(key), GUEST_INTERVAL_MS, fetchGuest, (found) => collection.replaceAll(found)),
  )

  /** Reads something of a VM at once, when its domain changes, and now and then. Returns how to stop. */
  function readWhileWatched<T>(
    vmId: VmId,
    intervalMs: number,
    fetchOf: (link: HostLink, record: DomainRecord, signal: AbortSignal) => Promise<T>,
    show: (value: T) => void,
  ): () => void {
    const reading = repeat({ clock, log, intervalMs }, async (signal) => {
      const found = findLive(vmId)
      if (found === null) return
      const value = await fetchOf(found.link, found.record, signal)
      if (!signal.aborted) show(value)
    })
    const stopListening = hosts.onChange((change) => {
      if (change.kind === 'domains' && change.uuids.includes(vmId)) reading.again()
    })
    return () => {
      stopListening()
      reading.stop()
    }
  }

  function knownVm(key: string | undefined): VmId {
    const vmId = (key ?? '') as VmId
    if (!vms.entities.has(vmId)) throw new AppError('vm.not-found', { vmId })
    return vmId
  }

  function findLive(vmId: VmId) {
    const hostId = hostOf(vmId)
    const link = hostId === null ? null : hosts.find(hostId)
    const record = link?.domains.get(vmId)
    return link === null || record === undefined || !link.isLive ? null : { link, record }
  }

  async function readAddresses(vmId: VmId, signal: AbortSignal): Promise<void> {
    const found = findLive(vmId)
    if (found === null || !isActiveState(found.record.state)) return
    details.setAddresses(vmId, await fetchAddresses(found.link, found.record, signal))
  }

  return () => sampling.stop()
}

/** Adds points, oldest first, and lets those go that plots do not show any more. */
function keepLatest<T extends 'vm.stats' | 'host.stats', Sample extends HostSample>(
  collection: Pick<Collection<T>, 'remove'> & { upsert(sample: Sample): void },
): (sample: Sample) => void {
  const kept: HostSample[] = []
  return (sample) => {
    const latest = kept.at(-1)
    if (latest?.id === sample.id) return
    kept.push(sample)
    collection.upsert(sample)
    while ((kept[0] ?? sample).elapsedMs <= sample.elapsedMs - STATS_KEPT_MS) collection.remove(kept.shift()?.id ?? '')
  }
}
