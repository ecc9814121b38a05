import type { Clock, CommandHandlers, LiveTopics } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'
import { ClusterProjection } from './cluster-projection.ts'
import { ClusterStore } from './cluster-store.ts'
import { createClusterCreate } from './commands/create.ts'
import { createClusterEdit } from './commands/edit.ts'
import { createClusterRemove } from './commands/remove.ts'

export {
  clustersOf,
  decideHostMove,
  decideTargetCluster,
  REFERENCES_NAMED,
  referToCluster,
  targetClusterIn,
} from './rules.ts'

export type ClusterHandlers = Pick<CommandHandlers, Extract<keyof CommandHandlers, `cluster.${string}`>>

export interface ClustersOptions {
  readonly inventory: Pick<Inventory, 'clusters' | 'edits' | 'transaction'>
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly clock: Clock
}

export interface Clusters {
  readonly handlers: ClusterHandlers
  /** Makes every cluster of the inventory known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): void
}

/** Starts showing the clusters with what is in them, and gives the commands on them. */
export function startClusters({ inventory, topics, clock }: ClustersOptions): Clusters {
  const store: ClusterStore = new ClusterStore({
    inventory,
    clock,
    onChange: (clusterId) => projection.update(clusterId),
  })
  const projection: ClusterProjection = new ClusterProjection({ topics, store })
  const dependencies = { store, clock }
  return {
    handlers: {
      'cluster.create': createClusterCreate(dependencies),
      'cluster.edit': createClusterEdit(dependencies),
      'cluster.remove': createClusterRemove(dependencies),
    },
    load: () => store.load(),
    stop: () => projection.stop(),
  }
}
