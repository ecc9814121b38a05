import type { Host, Problem } from '../../shared/domain/index.ts'
import { toWireError } from '../../shared/errors/index.ts'
import type { HostLinkState } from '../hosts/index.ts'
import { skippedError } from './host-checks.ts'
import { decideKvm, decideMemory } from './survey/index.ts'

export interface HostParts {
  readonly state: HostLinkState
  readonly revision: number
  readonly vmCount: number
  readonly runningVmCount: number
  /** Who runs the engine. */
  readonly localUser: string
}

const DEFAULT_SSH_PORT = 22

/** The host as clients see it. Pure. */
export function buildHost({ state, revision, vmCount, runningVmCount, localUser }: HostParts): Host {
  const { definition, endpoint } = state
  return {
    id: definition.id,
    name: definition.name,
    transport: definition.transport,
    address: definition.address,
    port: definition.port ?? endpoint?.port ?? DEFAULT_SSH_PORT,
    user: definition.user ?? endpoint?.user ?? localUser,
    authentication: definition.authentication,
    privateKeyPath: definition.privateKeyPath,
    libvirtMode: definition.libvirtMode,
    revision,
    status: state.status,
    statusSince: state.statusSince,
    statusError: state.error === null ? null : toWireError(state.error),
    nextAttemptAt: state.nextAttemptAt,
    hostKey: state.hostKey,
    facts: state.facts,
    asOf: state.asOf,
    stale: state.stale,
    problems: decideProblems(state),
    vmCount,
    runningVmCount,
  }
}

function decideProblems({ facts, configSkipped, drivers }: HostLinkState): Problem[] {
  const fromFacts = [decideKvm(facts?.hostName ?? '', null, facts), decideMemory(null, facts)].map(
    (verdict) => verdict?.warning ?? null,
  )
  const fromDrivers = [...drivers.values()].map(({ error }) => error)
  return [...configSkipped.map(skippedError), ...fromFacts, ...fromDrivers]
    .filter((error) => error !== null)
    .map((error) => ({ severity: 'warning', error: toWireError(error) }))
}
