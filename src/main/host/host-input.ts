import type { ParsedInput } from '../../shared/contract/index.ts'
import {
  type ClusterId,
  DEFAULT_STORAGE_MANAGER_PRIORITY,
  type HostAuthentication,
  type HostDefinition,
  type HostId,
} from '../../shared/domain/index.ts'
import type { HostSecrets } from '../hosts/index.ts'

type Reach = Omit<ParsedInput<'host.add'>, 'name' | 'hostKeys' | 'overrides'>

/** The input of host.add with what holds for its address alone in place of what holds for all of a list. Pure. */
export function withOverride(input: ParsedInput<'host.add'>): ParsedInput<'host.add'> {
  const { overrides = {}, address } = input
  const own = Object.hasOwn(overrides, address) ? overrides[address] : undefined
  return {
    ...input,
    user: own?.user ?? input.user,
    port: own?.port ?? input.port,
    libvirtMode: own?.libvirtMode ?? input.libvirtMode,
  }
}

/** How the input signs in: by the secret or key that it gives, else by the agent. */
export function decideAuthentication({
  password,
  privateKeyPath,
}: Pick<Reach, 'password' | 'privateKeyPath'>): HostAuthentication {
  if (password !== undefined) return 'password'
  return privateKeyPath === undefined ? 'agent' : 'key'
}

/** A definition from what a person typed. Pure. */
export function definitionFrom(
  input: Reach,
  { id, name, clusterId }: { readonly id: HostId; readonly name: string; readonly clusterId: ClusterId },
): HostDefinition {
  return {
    id,
    clusterId,
    name,
    transport: input.transport,
    address: input.transport === 'local' ? 'localhost' : input.address,
    port: input.port ?? null,
    user: input.user ?? null,
    authentication: decideAuthentication(input),
    privateKeyPath: input.privateKeyPath ?? null,
    jumpHost: input.jumpHost ?? null,
    libvirtMode: input.libvirtMode,
    storageManagerPriority: DEFAULT_STORAGE_MANAGER_PRIORITY,
  }
}

/** The secrets in the input. */
export function secretsFrom({ password, passphrase }: Pick<Reach, 'password' | 'passphrase'>): HostSecrets {
  return { password, passphrase }
}
