import type { Clock } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { HostsRepository, SecretStore } from '../../inventory/index.ts'

/** What the commands on hosts work with. */
export interface HostCommandDependencies {
  readonly registry: HostRegistry
  readonly repository: HostsRepository
  readonly secrets: SecretStore
  readonly clock: Clock
}
