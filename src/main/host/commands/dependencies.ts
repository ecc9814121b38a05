import type { Clock } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { Inventory } from '../../inventory/index.ts'

/** What the commands on hosts work with. */
export interface HostCommandDependencies {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'hosts' | 'secrets' | 'transaction'>
  readonly clock: Clock
}
