import type { HostId, Network } from '../../../shared/domain/index.ts'
import type { CommandHandlers } from '../../engine/index.ts'
import { createNetworkCheckReach } from '../commands/check-reach.ts'
import { createHostCopyNetworks } from '../commands/copy-host-networks.ts'
import { createHostPlanNetworks } from '../commands/plan-host-networks.ts'
import { createHostSetupNetworks } from '../commands/setup-host-networks.ts'
import { createHostSyncNetworks } from '../commands/sync-host-networks.ts'
import { findNetworkAddresses } from '../on-host/network-addresses.ts'
import { HostNetworkStore, type HostNetworkStoreOptions } from './host-network-store.ts'
import type { SetupDependencies } from './setup-steps.ts'

export type HostNetworkHandlers = Pick<
  CommandHandlers,
  'host.plan-networks' | 'host.setup-networks' | 'host.sync-networks' | 'host.copy-networks' | 'network.check-reach'
>

export interface HostNetworksOptions
  extends Omit<HostNetworkStoreOptions, 'registry'>,
    Pick<SetupDependencies, 'openRoute'> {
  readonly registry: HostNetworkStoreOptions['registry'] & SetupDependencies['registry']
}

/** The networks of hosts: what is there, what is wished, and the commands that make one of the other. */
export interface HostNetworksFeature {
  readonly handlers: HostNetworkHandlers
  /** Reads what is wished of hosts. Errors: those of the inventory. */
  load(): Promise<void>
  /** The addresses that a host has on a network which is set up there and has a link, read anew. Never rejects; none where the host is not reached. */
  fetchAddresses(hostId: HostId, network: Network): Promise<readonly string[]>
  stop(): void
}

/** Starts reading hosts' networks, and gives the commands on them. */
export function startHostNetworks({ openRoute, ...options }: HostNetworksOptions): HostNetworksFeature {
  const store = new HostNetworkStore(options)
  const dependencies: SetupDependencies = { registry: options.registry, store, openRoute, clock: options.clock }
  return {
    handlers: {
      'host.plan-networks': createHostPlanNetworks(dependencies),
      'host.setup-networks': createHostSetupNetworks(dependencies),
      'host.sync-networks': createHostSyncNetworks(dependencies),
      'host.copy-networks': createHostCopyNetworks(dependencies),
      'network.check-reach': createNetworkCheckReach(dependencies),
    },
    load: () => store.load(),
    fetchAddresses: async (hostId, network) => {
      await store.refresh(hostId)
      const read = store.of(hostId)
      return read === null ? [] : findNetworkAddresses(read, network)
    },
    stop: () => store.stop(),
  }
}
