import type { Clock, FeatureHandlers, LiveTopics, Log } from '../engine/index.ts'
import { produceReadings } from '../host/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import { createNetworkAutostart } from './commands/autostart.ts'
import { createNetworkCreate } from './commands/create.ts'
import { createNetworkEdit } from './commands/edit.ts'
import { createNetworkRemove } from './commands/remove.ts'
import { createNetworkStart } from './commands/start.ts'
import { createNetworkStop } from './commands/stop.ts'
import { NetworkReadings, withUsers } from './network-readings.ts'

export type LibvirtNetworkHandlers = Pick<FeatureHandlers, Extract<keyof FeatureHandlers, `libvirt-network.${string}`>>

export interface LibvirtNetworksOptions {
  readonly registry: HostRegistry
  readonly topics: LiveTopics
  readonly clock: Clock
  readonly log: Log
}

/** Leases come and go without an event; so do changes that were made live with virsh. */
const READ_EVERY_MS = 10_000

/** Shows the networks of hosts' own libvirt while somebody looks, and gives the commands on them. */
export function startLibvirtNetworks({ registry, topics, clock, log }: LibvirtNetworksOptions): LibvirtNetworkHandlers {
  const readings = new NetworkReadings(registry, clock)
  registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') readings.forget(hostId)
  })
  produceReadings({ registry, topics, clock, log }, 'host.libvirt-networks', {
    read: async (link, _asOf, signal) => {
      const networks = await readings.read(link, signal)
      return networks.map((network) => withUsers(topics.model(), link.id, network))
    },
    isStale: (change) =>
      change.kind === 'domains' ||
      ((change.kind === 'driver-event' || change.kind === 'resources') && change.family === 'network'),
    everyMs: READ_EVERY_MS,
  })
  const dependencies = { registry, readings }
  return {
    'libvirt-network.create': createNetworkCreate(dependencies),
    'libvirt-network.edit': createNetworkEdit(dependencies),
    'libvirt-network.start': createNetworkStart(dependencies),
    'libvirt-network.stop': createNetworkStop(dependencies),
    'libvirt-network.autostart': createNetworkAutostart(dependencies),
    'libvirt-network.remove': createNetworkRemove(dependencies),
  }
}
