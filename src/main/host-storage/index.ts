import type { Transfers } from '../disk/index.ts'
import type { Clock, FeatureHandlers, LiveTopics, Log } from '../engine/index.ts'
import { produceReadings } from '../host/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import { createPoolAutostart } from './commands/autostart-pool.ts'
import { createPoolCreate } from './commands/create-pool.ts'
import { createVolumeCreate } from './commands/create-volume.ts'
import { createVolumeDownload } from './commands/download-volume.ts'
import { createPoolRefresh } from './commands/refresh-pool.ts'
import { createPoolRemove } from './commands/remove-pool.ts'
import { createVolumeRemove } from './commands/remove-volume.ts'
import { createPoolStart } from './commands/start-pool.ts'
import { createPoolStop } from './commands/stop-pool.ts'
import { createVolumeUpload } from './commands/upload-volume.ts'
import { describePool } from './describe-pool.ts'
import { PoolReadings } from './pool-readings.ts'

export type HostStorageHandlers = Pick<
  FeatureHandlers,
  Extract<keyof FeatureHandlers, `host-pool.${string}` | `host-volume.${string}`>
>

export interface HostStorageOptions {
  readonly registry: HostRegistry
  readonly topics: LiveTopics
  readonly transfers: Pick<Transfers, 'openIncoming' | 'openOutgoing'>
  readonly clock: Clock
  readonly log: Log
}

/** Volumes are made and grow without an event. */
const READ_EVERY_MS = 30_000

/** Shows the storage pools of hosts' own libvirt with their volumes while somebody looks, and gives the commands on them. */
export function startHostStorage({ registry, topics, transfers, clock, log }: HostStorageOptions): HostStorageHandlers {
  const readings = new PoolReadings(registry, clock)
  registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') readings.forget(hostId)
  })
  readings.onChanged = produceReadings({ registry, topics, clock, log }, 'host.pools', {
    read: async (link, _asOf, signal) => {
      const pools = await readings.read(link, signal)
      return pools.map((pool) => describePool(topics.model(), link.id, pool))
    },
    isStale: (change) =>
      change.kind === 'domains' ||
      ((change.kind === 'driver-event' || change.kind === 'resources') && change.family === 'storage'),
    everyMs: READ_EVERY_MS,
  })
  const dependencies = { registry, readings, transfers, clock }
  return {
    'host-pool.create': createPoolCreate(dependencies),
    'host-pool.start': createPoolStart(dependencies),
    'host-pool.stop': createPoolStop(dependencies),
    'host-pool.autostart': createPoolAutostart(dependencies),
    'host-pool.refresh': createPoolRefresh(dependencies),
    'host-pool.remove': createPoolRemove(dependencies),
    'host-volume.create': createVolumeCreate(dependencies),
    'host-volume.remove': createVolumeRemove(dependencies),
    'host-volume.upload': createVolumeUpload(dependencies),
    'host-volume.download': createVolumeDownload(dependencies),
  }
}
