import type { MachineDisks } from '../../disk/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { KnownSnapshots } from '../../snapshot/index.ts'
import type { OwnActions } from '../../vm/index.ts'
import type { TemplateStore } from '../template-store.ts'

/** What the commands on clones work with. */
export interface CloneDependencies {
  readonly hosts: HostRegistry
  readonly ownActions: OwnActions
  readonly machineDisks: MachineDisks
  /** What was last read of machines' snapshots. */
  readonly known: KnownSnapshots
}

/** Beside that, what those on templates do. */
export interface TemplateDependencies extends CloneDependencies {
  readonly store: TemplateStore
}
