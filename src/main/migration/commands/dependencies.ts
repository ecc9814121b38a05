import type { HostId, Network } from '../../../shared/domain/index.ts'
import type { Clock, Log } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { ActivateVolumes, OwnActions, StartPromises, Transitions } from '../../vm/index.ts'
import type { MigrationSight } from '../decide-migration.ts'
import type { MigrationPaces } from '../migration-paces.ts'
import type { MigrationsUnderWay } from '../migrations-under-way.ts'

/** What the commands of migration work with. */
export interface MigrationDependencies {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly promises: StartPromises
  readonly activateVolumes: ActivateVolumes
  readonly underWay: MigrationsUnderWay
  readonly paces: MigrationPaces
  readonly sight: MigrationSight
  /** The addresses that a host has on a network which is set up there and has a link, read anew. Never rejects; none where the host is not reached. */
  readonly fetchAddresses: (hostId: HostId, network: Network) => Promise<readonly string[]>
  readonly clock: Clock
  readonly log: Log
}
