import type { Clock } from '../../engine/index.ts'
import type { ClusterStore } from '../cluster-store.ts'
import type { ClusterCpus } from '../cpu/cluster-cpus.ts'

/** What the commands on clusters work with. */
export interface ClusterCommandDependencies {
  readonly store: ClusterStore
  readonly cpus: Pick<ClusterCpus, 'membersFor'>
  readonly clock: Clock
}
