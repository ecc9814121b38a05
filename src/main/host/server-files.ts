import { AppError } from '../../shared/errors/index.ts'
import type { Identity } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'

/** What of an input names files of the computer where the engine runs. */
export interface NamedFiles {
  readonly transport?: 'ssh' | 'local'
  readonly address?: string | undefined
  readonly user?: string | null | undefined
  readonly privateKeyPath?: string | null | undefined
  readonly jumpHost?: string | null | undefined
  readonly allowCommands?: readonly string[] | undefined
}

/**
 * Whether this person may name these files: a key's path, which the engine would open and sign with as the account that it runs
 * as, is for those only who manage that computer. Pure.
 */
export function decideKeyFile(
  identity: Identity,
  { privateKeyPath, jumpHost, allowCommands = [] }: NamedFiles,
): AppError | null {
  if (mayName(identity)) return null
  if (allowCommands.length > 0) {
    return new AppError('host.server-files-forbidden', {
      file: 'ssh_config',
      directives: 'Match exec',
      hint: 'command',
    })
  }
  // On the way it is signed in as `ssh` would: with the agent and the keys of the engine's account.
  if (typeof jumpHost === 'string' && jumpHost.toLowerCase() !== 'none') {
    return new AppError('host.server-files-forbidden', { file: jumpHost, directives: 'ProxyJump', hint: 'alias' })
  }
  if (typeof privateKeyPath !== 'string') return null
  return new AppError('host.server-files-forbidden', { file: privateKeyPath, directives: 'IdentityFile', hint: 'key' })
}

/**
 * The same for an address: an alias of the engine's ssh_config leads to keys, hosts on the way and programs of its account.
 * Errors: ssh.config-invalid.
 */
export async function fetchAliasRefusal(
  identity: Identity,
  { transport = 'ssh', address, user }: NamedFiles,
  registry: Pick<HostRegistry, 'fetchConfigUse'>,
): Promise<AppError | null> {
  if (address === undefined || transport === 'local' || mayName(identity)) return null
  const directives = await registry.fetchConfigUse({ address, user: user ?? undefined })
  if (directives.length === 0) return null
  const params = { file: address, directives: directives.join(', '), hint: 'alias' } as const
  return new AppError('host.server-files-forbidden', params)
}

function mayName(identity: Identity): boolean {
  return identity.permissions.has('host.server-files')
}
