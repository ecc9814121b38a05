import type { ClusterId, DatacenterId, HostId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { Clock, CommandHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'
import { createClusterAttachNetwork } from './commands/attach.ts'
import { createNetworkCreate } from './commands/create.ts'
import { createVnicProfileCreate } from './commands/create-profile.ts'
import { createClusterDetachNetwork } from './commands/detach.ts'
import { createNetworkEdit } from './commands/edit.ts'
import { createVnicProfileEdit } from './commands/edit-profile.ts'
import { createNetworkRemove } from './commands/remove.ts'
import { createVnicProfileRemove } from './commands/remove-profile.ts'
import { HostPresence, type SeenNetwork } from './host-presence.ts'
import { makeManagementAttachment, makeManagementNetwork, makeProfile } from './make-network.ts'
import { NetworkProjection } from './network-projection.ts'
import { NetworkStore, type StoredAlong } from './network-store.ts'
import { VnicProfileStore } from './vnic-profile-store.ts'

export type { HostNetworksFeature } from './host-networks/index.ts'
export { startHostNetworks } from './host-networks/index.ts'
export { lacksMeans } from './profile-rules.ts'

export type NetworkHandlers = Pick<
  CommandHandlers,
  | Exclude<Extract<keyof CommandHandlers, `network.${string}` | `vnic-profile.${string}`>, 'network.check-reach'>
  | 'cluster.attach-network'
  | 'cluster.detach-network'
>

export interface NetworksOptions {
  readonly inventory: Pick<Inventory, 'networks' | 'vnicProfiles' | 'edits' | 'transaction'>
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  /** For how long a link may be down before a network counts as missing on its host, milliseconds. */
  readonly patienceMs: () => number
  readonly clock: Clock
  readonly log: Log
}

/** What comes and goes with a datacenter and a cluster. */
export interface NetworksOfOthers {
  /** Stores a new datacenter by `along`, and the network that it comes with, in one transaction. */
  addDatacenter(datacenterId: DatacenterId, along: StoredAlong): Promise<void>
  /** Stores a new cluster by `along`, and that it has its datacenter's first network, in one transaction. */
  addCluster(
    cluster: { readonly id: ClusterId; readonly datacenterId: DatacenterId },
    along: StoredAlong,
  ): Promise<void>
  /** They went from the inventory, and what hung on them with them. */
  forgetDatacenter(datacenterId: DatacenterId): void
  forgetCluster(clusterId: ClusterId): void
}

export interface Networks extends NetworksOfOthers {
  readonly handlers: NetworkHandlers
  /** Makes every network of the inventory known. Errors: those of the inventory. */
  load(): Promise<void>
  /** What a host was seen to have: its networks that are set up there. */
  learn(hostId: HostId, networks: readonly SeenNetwork[]): void
  /** Why a host may not run machines, by its networks; null: nothing speaks against it, or nobody knows yet. */
  obstacleOf(hostId: HostId): AppError | null
  /** Called with each host whose obstacle may be another one now. Returns how to stop. */
  onObstacle(listener: (hostId: HostId) => void): () => void
  stop(): Promise<void>
}

/** Starts showing the logical networks, and gives the commands on them. */
export function startNetworks({ inventory, topics, patienceMs, clock, log }: NetworksOptions): Networks {
  const listeners = new Set<(hostId: HostId) => void>()
  const presence: HostPresence = new HostPresence({
    clock,
    patienceMs,
    onChange: (hostId) => projection.hostChanged(hostId),
  })
  const store: NetworkStore = new NetworkStore({
    inventory,
    clock,
    onChange: (networkId) => projection.update(networkId),
  })
  const profiles: VnicProfileStore = new VnicProfileStore({
    inventory,
    clock,
    onChange: (vnicProfileId, networkId) => {
      projection.updateProfile(vnicProfileId)
      projection.update(networkId)
    },
  })
  const projection: NetworkProjection = new NetworkProjection({
    topics,
    store,
    profiles,
    presence,
    onObstacle: (hostId) => {
      for (const listener of [...listeners]) listener(hostId)
    },
    log,
  })
  const dependencies = { store, profiles, clock }
  return {
    handlers: {
      'network.create': createNetworkCreate(dependencies),
      'network.edit': createNetworkEdit(dependencies),
      'network.remove': createNetworkRemove(dependencies),
      'cluster.attach-network': createClusterAttachNetwork(dependencies),
      'cluster.detach-network': createClusterDetachNetwork(dependencies),
      'vnic-profile.create': createVnicProfileCreate(dependencies),
      'vnic-profile.edit': createVnicProfileEdit(dependencies),
      'vnic-profile.remove': createVnicProfileRemove(dependencies),
    },
    load: async () => {
      await store.load()
      await profiles.load()
    },
    addDatacenter: async (datacenterId, along) => {
      const network = makeManagementNetwork(datacenterId, clock.now())
      const profile = makeProfile(network.id, { name: network.name }, clock.now())
      await store.save([network], { before: along, after: ({ vnicProfiles }) => vnicProfiles.save(profile) })
      profiles.remember(profile)
    },
    addCluster: async ({ id, datacenterId }, along) => {
      const first = store.ofDatacenter(datacenterId).filter(({ isManagement }) => isManagement)
      const attached = first.map((one) => ({ ...one, clusters: [...one.clusters, makeManagementAttachment(id)] }))
      await store.save(attached, { before: along })
    },
    forgetDatacenter: (datacenterId) => {
      for (const { id } of store.ofDatacenter(datacenterId)) {
        const own = profiles.ofNetwork(id)
        store.forget(id)
        for (const profile of own) profiles.forget(profile.id)
      }
    },
    forgetCluster: (clusterId) => store.forgetCluster(clusterId),
    learn: (hostId, networks) => presence.learn(hostId, networks),
    obstacleOf: (hostId) => projection.obstacleOf(hostId),
    onObstacle: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {
      presence.stop()
      await projection.stop()
    },
  }
}
