import type { MachineDisks } from '../../disk/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { KnownSnapshots } from '../../snapshot/index.ts'
import type { OwnActions } from '../../vm/index.ts'

/** What the commands on clones and templates work with. */
export interface CloneDependencies {
  readonly hosts: HostRegistry
  readonly ownActions: OwnActions
  readonly machineDisks: MachineDisks
  /** What was last read of machines' snapshots. */
  readonly known: KnownSnapshots
}
