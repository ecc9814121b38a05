import type { HostId, HostStatus } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'

/** `unknown`: its networks were not read yet. */
export type Presence = 'up' | 'missing' | 'unknown'

export interface NetworkHost {
  readonly id: HostId
  readonly status: HostStatus
  readonly presence: Presence
}

/** A network in one cluster. */
export interface RequiredFacts {
  readonly required: boolean
  /** It was operational until now. */
  readonly operational: boolean
  /** Of the cluster. */
  readonly hosts: readonly NetworkHost[]
}

/** In use, or kept from it by what it lacks. */
const COUNTED: ReadonlySet<HostStatus> = new Set(['up', 'non-operational'])

/**
 * Whether a cluster's network is operational. A required one becomes it once every host that is up has it, so that adding a network
 * knocks no host out; then it stays so, and the hosts that miss it are out of use. One that is not required is it where any host
 * that is up has it. Pure.
 */
export function decideOperational({ required, operational, hosts }: RequiredFacts): boolean {
  const up = hosts.filter(({ status }) => status === 'up')
  const some = up.some(({ presence }) => presence === 'up')
  if (!required) return some
  return operational || (some && up.every(({ presence }) => presence === 'up'))
}

/** Hosts in use, or kept from it, that do not have the network. Pure. */
export function decideMissing(hosts: readonly NetworkHost[]): readonly HostId[] {
  return hosts.flatMap(({ id, status, presence }) => (COUNTED.has(status) && presence === 'missing' ? [id] : []))
}

/** A network of a host's cluster, as far as the host's fitness goes. */
export interface HostNetwork {
  readonly name: string
  readonly required: boolean
  readonly operational: boolean
  readonly presence: Presence
}

/** What makes a host unfit by its networks: a required one that its cluster has, and it has not. Null: nothing. Pure. */
export function decideNetworkObstacle(
  host: { readonly id: HostId; readonly name: string },
  networks: readonly HostNetwork[],
): AppError | null {
  const lacking = networks.find(
    ({ required, operational, presence }) => required && operational && presence === 'missing',
  )
  if (lacking === undefined) return null
  const params = { name: lacking.name, hostName: host.name }
  return new AppError('network.host-misses', params, { hostId: host.id, subject: host.name })
}
