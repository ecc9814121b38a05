import type { ParsedInput } from '../../shared/contract/index.ts'
import { type HostDefinition, type HostId, hostIdSchema } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { decideTargetCluster, targetClusterIn } from '../cluster/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { HostSecrets } from '../hosts/index.ts'
import type { HostCommandDependencies } from './commands/dependencies.ts'
import { definitionFrom, secretsFrom } from './host-input.ts'
import { fetchHostSecrets } from './host-secrets.ts'
import { decideKnown, decideMayLack, findHostAt } from './rules.ts'

/** Which host is checked, or installed on: one of the inventory by its id, or whichever is reached in a way that is given. */
type Target = ParsedInput<'host.check'>

/** What the host is told to be in texts. Pure. */
export function addressOf(model: ModelSnapshot, { hostId, address = '' }: Target): string {
  return hostId === undefined ? address : (model.hosts.get(hostId)?.address ?? hostId)
}

/** The host of the inventory that it is; undefined: it is not in it. Pure. */
export function findTarget(model: ModelSnapshot, target: Target) {
  const { hostId, address = '', port = null } = target
  return hostId === undefined ? findHostAt(model, { ...target, address, port }) : model.hosts.get(hostId)
}

/** Refuses a host that is not there, and a way that leads to one whose libvirt answers. Null: it may be looked at. Pure. */
export function decideTarget(model: ModelSnapshot, target: Target): AppError | null {
  const { hostId, address = '', port = null, clusterId } = target
  if (hostId !== undefined) return decideKnown(model, hostId)
  return decideTargetCluster(model, clusterId) ?? decideMayLack(model, { ...target, address, port })
}

/** Refuses to install on a host where nothing can lack, or that nothing can be installed on. Null: it may. Pure. */
export function decideInstallable(model: ModelSnapshot, target: Target): AppError | null {
  const host = target.hostId === undefined ? undefined : model.hosts.get(target.hostId)
  if (host === undefined) return decideTarget(model, target)
  const { name, address } = host
  if (host.transport === 'local') return new AppError('host.install-impossible', { address, hint: 'local' })
  return host.stale ? null : new AppError('host.nothing-lacks', { name }, { subject: name })
}

/** How the host is reached: as it is stored, or as it was given. */
export function targetDefinition(
  { registry }: Pick<HostCommandDependencies, 'registry'>,
  model: ModelSnapshot,
  target: Target,
): HostDefinition {
  if (target.hostId !== undefined) return registry.get(target.hostId).definition
  const { address = '' } = target
  // One that is in the inventory already is not its own twin.
  const id: HostId = findTarget(model, target)?.id ?? hostIdSchema.parse(crypto.randomUUID())
  return definitionFrom(
    { ...target, address },
    { id, name: address, clusterId: targetClusterIn(model, target.clusterId) },
  )
}

/** What it is signed in with. Errors: secrets.unreadable, secrets.unavailable. */
export async function fetchTargetSecrets(
  { inventory }: Pick<HostCommandDependencies, 'inventory'>,
  target: Target,
): Promise<HostSecrets> {
  return target.hostId === undefined ? secretsFrom(target) : fetchHostSecrets(inventory.secrets, target.hostId)
}
