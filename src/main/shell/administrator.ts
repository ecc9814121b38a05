import { PERMISSIONS } from '../../shared/contract/index.ts'
import type { Identity } from '../engine/index.ts'

/** Until there are roles, whoever is signed in to the engine has oVirt's widest one. */
export function createAdministrator(user: string): Identity {
  return { user, role: 'SuperUser', permissions: new Set(PERMISSIONS) }
}
