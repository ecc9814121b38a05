import type { Clock } from '../../engine/index.ts'
import type { NetworkStore } from '../network-store.ts'
import type { VnicProfileStore } from '../vnic-profile-store.ts'

/** What the commands on logical networks work with. */
export interface NetworkCommandDependencies {
  readonly store: NetworkStore
  readonly profiles: VnicProfileStore
  readonly clock: Clock
}
