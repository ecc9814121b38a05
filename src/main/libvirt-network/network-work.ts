import type { HostId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { exclusive, type Inspection, type ModelSnapshot, shared } from '../engine/index.ts'
import { type HostLink, type HostRegistry, isLibvirtError } from '../hosts/index.ts'
import type { ToldNetwork } from './fetch-networks.ts'
import { type NetworkReadings, usersOf } from './network-readings.ts'

export interface NetworkDependencies {
  readonly registry: Pick<HostRegistry, 'get'>
  readonly readings: NetworkReadings
}

export interface OneNetwork {
  readonly hostId: HostId
  readonly libvirtNetworkId: string
}

/** libvirt starts dnsmasq, and writes rules of the firewall. */
const CALL_TIMEOUT_MS = 60_000
const NAMES_LIMIT = 5

export type NetworkAction = 'create' | 'edit' | 'start' | 'stop' | 'autostart' | 'remove'

/** Held while a network of a host is changed: its others are decided about, too. */
export function networkLocks(hostId: HostId) {
  return [exclusive(`libvirt-networks:${hostId}`), shared(`host:${hostId}`)]
}

export function hostNameOf(model: ModelSnapshot, hostId: HostId): string {
  return model.hosts.get(hostId)?.name ?? hostId
}

/** What commands on one network have in common. */
export function onNetwork({ readings }: NetworkDependencies) {
  const nameOf = ({ hostId, libvirtNetworkId }: OneNetwork) => readings.nameOf(hostId, libvirtNetworkId)
  return {
    nameOf,
    subject: (model: ModelSnapshot, { hostId }: OneNetwork) =>
      ({ kind: 'host', id: hostId, name: hostNameOf(model, hostId) }) as const,
    auditParams: (input: OneNetwork) => ({ object: nameOf(input) }),
    refresh: ({ input }: { readonly input: OneNetwork }) => readings.refresh(input.hostId),
    /** Is it there? Not known to be gone counts as there: it is read before it is decided. */
    decideThere: (model: ModelSnapshot, { hostId, libvirtNetworkId }: OneNetwork): AppError | null => {
      if (!model.hosts.has(hostId)) return new AppError('host.not-found', { hostId })
      if (readings.networksOf(hostId) === null || readings.find(hostId, libvirtNetworkId) !== null) return null
      return new AppError('libvirt-network.not-found', { hostName: hostNameOf(model, hostId), libvirtNetworkId })
    },
    plan: (
      model: ModelSnapshot,
      input: OneNetwork,
      steps: readonly { readonly action: string; readonly key: string }[],
    ) => {
      const host = hostNameOf(model, input.hostId)
      const params = { network: nameOf(input), host }
      return {
        locks: networkLocks(input.hostId),
        touches: [{ kind: 'host', id: input.hostId, name: host } as const],
        steps: steps.map(({ key, action }) => ({ action, hostId: input.hostId, text: { key, params } })),
      }
    },
  }
}

/** Why a network cannot be taken from the machines on it. Null: nobody is there. Pure. */
export function decideUnused(
  model: ModelSnapshot,
  hostId: HostId,
  { name }: Pick<ToldNetwork, 'name'>,
  { action, isRunningOnly }: { readonly action: NetworkAction; readonly isRunningOnly: boolean },
): AppError | null {
  const users = usersOf(model, hostId, name).filter(({ isRunning }) => isRunning || !isRunningOnly)
  if (users.length === 0) return null
  const names = users
    .slice(0, NAMES_LIMIT)
    .map((user) => user.name)
    .join(', ')
  const params = { name, hostName: hostNameOf(model, hostId), action, names, count: users.length }
  return new AppError('libvirt-network.used', params, { subject: name, hostId })
}

export function netOf({ name, id }: Pick<ToldNetwork, 'name' | 'id'>) {
  return { name, uuid: id }
}

/**
 * Calls the network driver of a host. What it refuses is told in its words; an interrupted call stays `after-refresh`, so that the
 * host is looked at. Errors: libvirt-network.refused, libvirt-network.not-found, and those of `call`.
 */
export async function callNetwork<Result>(
  link: Pick<HostLink, 'id' | 'definition' | 'family'>,
  { action, name, id }: { readonly action: NetworkAction; readonly name: string; readonly id: string },
  call: (driver: ReturnType<HostLink['family']>, limits: { readonly timeoutMs: number }) => Promise<Result>,
): Promise<Result> {
  try {
    return await call(link.family('network'), { timeoutMs: CALL_TIMEOUT_MS })
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    const hostName = link.definition.name
    const { message } = error.params
    const options = { cause: error, subject: name, hostId: link.id }
    if (isLibvirtError(error, 'noNetwork')) {
      throw new AppError('libvirt-network.not-found', { hostName, libvirtNetworkId: id }, options)
    }
    throw new AppError('libvirt-network.refused', { name, hostName, action, message }, options)
  }
}

/** Looks at a network where a step worked on it. Errors: as `NetworkReadings.read`. */
export async function inspectNetwork(
  { registry, readings }: NetworkDependencies,
  { hostId, libvirtNetworkId }: OneNetwork,
  look: (network: ToldNetwork | null) => boolean,
): Promise<Inspection> {
  await readings.read(registry.get(hostId))
  return look(readings.find(hostId, libvirtNetworkId)) ? 'done' : 'absent'
}

/** The network as read now. Errors: libvirt-network.not-found, and those of reading. */
export async function requireNetwork(
  { registry, readings }: NetworkDependencies,
  { hostId, libvirtNetworkId }: OneNetwork,
): Promise<ToldNetwork> {
  const link = registry.get(hostId)
  await readings.read(link)
  const network = readings.find(hostId, libvirtNetworkId)
  if (network !== null) return network
  const params = { hostName: link.definition.name, libvirtNetworkId }
  throw new AppError('libvirt-network.not-found', params, { hostId })
}
