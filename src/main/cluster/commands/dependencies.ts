import type { Clock } from '../../engine/index.ts'
import type { ClusterStore } from '../cluster-store.ts'

/** What the commands on clusters work with. */
export interface ClusterCommandDependencies {
  readonly store: ClusterStore
  readonly clock: Clock
}
