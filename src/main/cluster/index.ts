import type { HostId } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { Clock, CommandHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { Inventory } from '../inventory/index.ts'
import type { NetworksOfOthers } from '../network/index.ts'
import { ClusterProjection } from './cluster-projection.ts'
import { ClusterStore } from './cluster-store.ts'
import { createClusterCreate } from './commands/create.ts'
import { createClusterEdit } from './commands/edit.ts'
import { createClusterRemove } from './commands/remove.ts'
import { ClusterCpus } from './cpu/cluster-cpus.ts'
import { createCpuMemory } from './cpu/cpu-memory.ts'
import type { HostUse } from './host-use.ts'

export {
  clustersOf,
  decideHostMove,
  decideTargetCluster,
  REFERENCES_NAMED,
  referToCluster,
  targetClusterIn,
} from './rules.ts'

export type ClusterHandlers = Pick<CommandHandlers, 'cluster.create' | 'cluster.edit' | 'cluster.remove'>

export interface ClustersOptions {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'clusters' | 'toldByHosts' | 'edits' | 'transaction'>
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly networks: Pick<NetworksOfOthers, 'addCluster' | 'forgetCluster'>
  readonly clock: Clock
  readonly log: Log
}

/** How hosts stand to what their clusters ask of them. */
export interface ClusterFits {
  /** Why a host may not run VMs of its cluster; null: it may, or nobody knows yet. */
  obstacleOf(hostId: HostId): AppError | null
  /** Called with each host whose obstacle may be another one now. Returns how to stop. */
  onObstacle(listener: (hostId: HostId) => void): () => void
}

export interface Clusters extends ClusterFits {
  readonly handlers: ClusterHandlers
  /** Makes every cluster of the inventory known. Errors: those of the inventory. */
  load(): Promise<void>
  /** Shows what was found of the CPUs of hosts before, once these are there. Errors: those of the inventory. */
  recall(): Promise<void>
  /** What a host tells of its load. */
  learnUse(hostId: HostId, use: HostUse): void
  stop(): Promise<void>
}

/** Starts showing the clusters with what is in them, and gives the commands on them. */
export function startClusters({ registry, inventory, topics, networks, clock, log }: ClustersOptions): Clusters {
  const listeners = new Set<(hostId: HostId) => void>()
  const store: ClusterStore = new ClusterStore({
    inventory,
    networks,
    clock,
    onChange: (clusterId) => {
      cpus.clusterChanged(clusterId)
      projection.update(clusterId)
    },
  })
  const cpus: ClusterCpus = new ClusterCpus({
    registry,
    store,
    clock,
    log,
    memory: createCpuMemory(inventory, clock),
    onChange: (clusterId) => {
      projection.update(clusterId)
      for (const { id, definition } of registry.list()) {
        if (definition.clusterId === clusterId) for (const listener of [...listeners]) listener(id)
      }
    },
  })
  const projection: ClusterProjection = new ClusterProjection({ topics, store, cpus, clock })
  const dependencies = { store, cpus, clock }
  return {
    handlers: {
      'cluster.create': createClusterCreate(dependencies),
      'cluster.edit': createClusterEdit(dependencies),
      'cluster.remove': createClusterRemove(dependencies),
    },
    load: () => store.load(),
    recall: () => cpus.recall(),
    learnUse: (hostId, use) => projection.learnUse(hostId, use),
    obstacleOf: (hostId) => cpus.obstacleOf(hostId),
    onObstacle: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {
      projection.stop()
      await cpus.stop()
    },
  }
}
