// Machines and disks that a storage domain describes and nobody has registered: as after an import.

import type { CommandHandlers } from '../engine/index.ts'
import { createStorageCandidates } from './commands/candidates.ts'
import { createStorageRegisterVm } from './commands/register-vm.ts'
import type { RegistrationDependencies } from './dependencies.ts'

export { decideRegistrable } from './decide-registrable.ts'
export { placeOf } from './rules.ts'

export type RegistrationHandlers = Pick<CommandHandlers, 'storage.candidates' | 'storage.register-vm'>

/** The commands that show what a domain describes, and register it. */
export function createRegistration(dependencies: RegistrationDependencies): RegistrationHandlers {
  return {
    'storage.candidates': createStorageCandidates(dependencies),
    'storage.register-vm': createStorageRegisterVm(dependencies),
  }
}
