import type { DiskRegistrar } from '../disk/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { DomainContents } from '../storage/index.ts'

export interface RegistrationDependencies {
  readonly registry: Pick<HostRegistry, 'get'>
  readonly contents: DomainContents
  readonly disks: DiskRegistrar
}
