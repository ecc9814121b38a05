import type { HostId } from '../../../shared/domain/index.ts'
import type { Clock } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import type { Evacuations } from '../evacuations.ts'
import type { HostWishes } from '../host-wishes.ts'

/** What the commands on hosts work with. */
export interface HostCommandDependencies {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'hosts' | 'secrets' | 'edits' | 'transaction'>
  /** Digests of the commands of ssh_config that may be run; who allows one adds it. */
  readonly allowedCommands: Set<string>
  /** Of the hosts in the inventory; who changes one keeps it right. */
  readonly revisions: Map<HostId, number>
  readonly wishes: HostWishes
  readonly evacuations: Evacuations
  readonly clock: Clock
}
