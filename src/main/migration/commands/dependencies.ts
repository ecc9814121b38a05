import type { Clock, Log } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { OwnActions, StartPromises, Transitions } from '../../vm/index.ts'
import type { MigrationSight } from '../decide-migration.ts'
import type { MigrationsUnderWay } from '../migrations-under-way.ts'

/** What the commands of migration work with. */
export interface MigrationDependencies {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly promises: StartPromises
  readonly underWay: MigrationsUnderWay
  readonly sight: MigrationSight
  readonly clock: Clock
  readonly log: Log
}
