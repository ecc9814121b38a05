import { commands, type Permission } from '../../shared/contract/index.ts'
import type { Identity } from '../engine/index.ts'

/** Until there are roles, whoever is signed in to the engine has oVirt's widest one. */
export function createAdministrator(user: string): Identity {
  const permissions = new Set<Permission>(Object.values(commands).map((command) => command.permission))
  return { user, role: 'SuperUser', permissions }
}
