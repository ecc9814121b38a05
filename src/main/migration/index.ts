import type { Clock, CommandHandlers, Log } from '../engine/index.ts'
import type { Evacuations } from '../host/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { ActivateVolumes, OwnActions, StartPromises, Transitions } from '../vm/index.ts'
import { createCanMigrate } from './commands/can-migrate.ts'
import type { MigrationDependencies } from './commands/dependencies.ts'
import { createEstimate } from './commands/estimate.ts'
import { createMigrate } from './commands/migrate.ts'
import { createWhileUnderWay } from './commands/while-under-way.ts'
import { decideEvacuation } from './decide-evacuation.ts'
import type { MigrationSight } from './decide-migration.ts'
import { MigrationPaces } from './migration-paces.ts'
import { MigrationsUnderWay } from './migrations-under-way.ts'

export type MigrationHandlers = Pick<
  CommandHandlers,
  'vm.migrate' | 'vm.can-migrate' | 'vm.migration-estimate' | 'vm.migration-post-copy' | 'vm.migration-pause'
>

export interface MigrationsOptions {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly promises: StartPromises
  readonly fetchAddresses: MigrationDependencies['fetchAddresses']
  /** Has the disks of a machine ready on the host that it goes to. */
  readonly activateVolumes: ActivateVolumes
  readonly clock: Clock
  readonly log: Log
}

/** What hosts and the scheduler tell beside the model. */
function createSight({ hosts, promises }: Pick<MigrationsOptions, 'hosts' | 'promises'>): MigrationSight {
  return {
    networksOf: (hostId) => hosts.find(hostId)?.networks ?? null,
    recordOf: (hostId, vmId) => hosts.find(hostId)?.domains.get(vmId) ?? null,
    promisedOn: (hostId) => promises.on(hostId),
  }
}

/** How hosts are emptied, for those who ask for it. */
export function createEvacuations(options: Pick<MigrationsOptions, 'hosts' | 'promises'>): Evacuations {
  const sight = createSight(options)
  return {
    evacueesOf: (model, hostId) => decideEvacuation(model, sight, hostId).map(({ vm, obstacle }) => ({ vm, obstacle })),
  }
}

/** Running machines on their way from host to host: gives the commands. */
export function createMigrations(options: MigrationsOptions): { readonly handlers: MigrationHandlers } {
  const dependencies = {
    ...options,
    underWay: new MigrationsUnderWay(),
    paces: new MigrationPaces(),
    sight: createSight(options),
  }
  return {
    handlers: {
      'vm.migrate': createMigrate(dependencies),
      'vm.can-migrate': createCanMigrate(dependencies),
      'vm.migration-estimate': createEstimate(dependencies),
      ...createWhileUnderWay(dependencies),
    },
  }
}
