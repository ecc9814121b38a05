import type { Clock, CommandHandlers, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { OwnActions, StartPromises, Transitions } from '../vm/index.ts'
import { createCanMigrate } from './commands/can-migrate.ts'
import type { MigrationDependencies } from './commands/dependencies.ts'
import { createMigrate } from './commands/migrate.ts'
import { createWhileUnderWay } from './commands/while-under-way.ts'
import { MigrationsUnderWay } from './migrations-under-way.ts'

export type MigrationHandlers = Pick<
  CommandHandlers,
  'vm.migrate' | 'vm.can-migrate' | 'vm.migration-post-copy' | 'vm.migration-pause'
>

export interface MigrationsOptions {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly promises: StartPromises
  readonly fetchAddresses: MigrationDependencies['fetchAddresses']
  readonly clock: Clock
  readonly log: Log
}

/** Running machines on their way from host to host: gives the commands. */
export function createMigrations(options: MigrationsOptions): { readonly handlers: MigrationHandlers } {
  const { hosts, promises } = options
  const dependencies = {
    ...options,
    underWay: new MigrationsUnderWay(),
    sight: {
      networksOf: (hostId: Parameters<HostRegistry['find']>[0]) => hosts.find(hostId)?.networks ?? null,
      recordOf: (hostId: Parameters<HostRegistry['find']>[0], vmId: string) =>
        hosts.find(hostId)?.domains.get(vmId) ?? null,
      promisedOn: (hostId: Parameters<HostRegistry['find']>[0]) => promises.on(hostId),
    },
  }
  return {
    handlers: {
      'vm.migrate': createMigrate(dependencies),
      'vm.can-migrate': createCanMigrate(dependencies),
      ...createWhileUnderWay(dependencies),
    },
  }
}
