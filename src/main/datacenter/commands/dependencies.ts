import type { Clock } from '../../engine/index.ts'
import type { DatacenterStore } from '../datacenter-store.ts'

/** What the commands on datacenters work with. */
export interface DatacenterCommandDependencies {
  readonly store: DatacenterStore
  readonly clock: Clock
}
