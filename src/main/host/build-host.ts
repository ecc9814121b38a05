import type { Host, HostStatus, HostWish, Problem } from '../../shared/domain/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { HostLinkState } from '../hosts/index.ts'
import { decideHostStatus, decideStatusSince } from './decide-host-status.ts'
import { describeSkipped } from './host-checks.ts'
import type { Installation } from './install/installations.ts'
import { decideKvm, decideMemory } from './survey/index.ts'

export interface HostParts {
  readonly state: HostLinkState
  readonly wish: HostWish
  /** Why it may not run VMs of its cluster. */
  readonly obstacle: AppError | null
  /** The time that a reboot or shutdown may take is over. */
  readonly isOverdue: boolean
  /** Something answers there, if not libvirt. */
  readonly isAnswering: boolean
  /** It writes the metadata of its datacenter's storage. */
  readonly isStorageManager: boolean
  /** Of what lacks on it. */
  readonly installation: Installation
  readonly revision: number
  readonly vmCount: number
  readonly runningVmCount: number
  /** Who runs the engine. */
  readonly localUser: string
}

const DEFAULT_SSH_PORT = 22

/** The host as clients see it. Pure. */
export function buildHost(parts: HostParts): Host {
  const {
    state,
    wish,
    obstacle,
    isOverdue,
    isAnswering,
    isStorageManager,
    installation,
    revision,
    vmCount,
    runningVmCount,
    localUser,
  } = parts
  const { definition, endpoint } = state
  const status = decideHostStatus({
    reach: state.status,
    isAnswering,
    wish,
    runningVmCount,
    isOverdue,
    installation: installation.state,
    hasObstacle: obstacle !== null,
  })
  const statusError = state.error ?? obstacle
  const wireError = statusError === null ? null : toWireError(statusError)
  return {
    id: definition.id,
    clusterId: definition.clusterId,
    name: definition.name,
    transport: definition.transport,
    address: definition.address,
    port: definition.port ?? endpoint?.port ?? DEFAULT_SSH_PORT,
    user: definition.user ?? endpoint?.user ?? localUser,
    authentication: definition.authentication,
    privateKeyPath: definition.privateKeyPath,
    jumpHost: definition.jumpHost,
    libvirtMode: definition.libvirtMode,
    storageManagerPriority: definition.storageManagerPriority,
    isStorageManager,
    revision,
    status,
    statusSince: decideStatusSince(status, { wish, reachSince: state.statusSince, installedSince: installation.since }),
    // While it is at work, what the way to it lacks is no news; when it failed, it is why.
    statusError:
      status === 'installing' ? null : status === 'install-failed' ? (installation.error ?? wireError) : wireError,
    maintenance: wish.maintenance,
    power: wish.power === null ? null : omitBootId(wish.power),
    nextAttemptAt: state.nextAttemptAt,
    hostKey: state.hostKey,
    facts: state.facts,
    asOf: state.asOf,
    stale: state.stale,
    drivers: [...state.drivers].map(([family, { status: driver }]) => ({ family, status: driver })),
    problems: decideProblems(parts, status),
    vmCount,
    runningVmCount,
  }
}

function omitBootId({ action, since, user }: NonNullable<HostWish['power']>): Host['power'] {
  return { action, since, user }
}

function decideProblems(parts: HostParts, status: HostStatus): Problem[] {
  const { state, wish, isOverdue, isAnswering, runningVmCount: count } = parts
  const { facts, configSkipped, drivers, definition } = state
  const fromFacts = [decideKvm(facts?.hostName ?? '', null, facts), decideMemory(null, facts)].map(
    (verdict) => verdict?.warning ?? null,
  )
  const fromDrivers = [...drivers.values()].map(({ error }) => error)
  const { name } = definition
  return [
    status === 'preparing-for-maintenance'
      ? new AppError('host.not-emptied', { name, count }, { subject: name })
      : null,
    decideLateError(name, { wish, isOverdue, isAnswering }),
    ...describeSkipped(configSkipped),
    ...fromFacts,
    ...fromDrivers,
  ]
    .filter((error) => error !== null)
    .map((error) => ({ severity: 'warning', error: toWireError(error) }))
}

/** What to say of a host whose reboot or shutdown takes longer than it may; null: nothing. Pure. */
export function decideLateError(
  name: string,
  { wish, isOverdue, isAnswering }: Pick<HostParts, 'wish' | 'isOverdue' | 'isAnswering'>,
): AppError | null {
  if (wish.power === null || !isOverdue) return null
  const { action } = wish.power
  if (isAnswering) return new AppError('host.did-not-go', { name, action: `host.${action}` }, { subject: name })
  return action === 'reboot' ? new AppError('host.not-back', { name }, { subject: name }) : null
}
