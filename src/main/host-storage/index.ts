import type { Clock, LiveTopics, Log } from '../engine/index.ts'
import { produceReadings } from '../host/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import { describePool } from './describe-pool.ts'
import { fetchPools } from './fetch-pools.ts'

export interface HostPoolsOptions {
  readonly registry: HostRegistry
  readonly topics: LiveTopics
  readonly clock: Clock
  readonly log: Log
}

/** Volumes are made and grow without an event. */
const READ_EVERY_MS = 30_000

/** Shows the storage pools of hosts' own libvirt, with their volumes and who uses them, while somebody looks. */
export function startHostPools({ registry, topics, clock, log }: HostPoolsOptions): void {
  produceReadings({ registry, topics, clock, log }, 'host.pools', {
    read: async (link, asOf, signal) => {
      const pools = await fetchPools(link, asOf, signal)
      return pools.map((pool) => describePool(topics.model(), link.id, pool))
    },
    isStale: (change) =>
      change.kind === 'domains' ||
      ((change.kind === 'driver-event' || change.kind === 'resources') && change.family === 'storage'),
    everyMs: READ_EVERY_MS,
  })
}
