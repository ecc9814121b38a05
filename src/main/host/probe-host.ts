import { compareVersions, type HostDefinition, type HostFacts } from '../../shared/domain/index.ts'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import {
  fetchFacts,
  fetchGuestIdentities,
  type GuestIdentity,
  type HostRegistry,
  type HostRoute,
  openConnection,
  type RouteRequest,
  type SkippedDirective,
} from '../hosts/index.ts'
import { XmlError } from '../xml/index.ts'
import { decideUnconfirmed, type ProbeOutcome } from './host-checks.ts'
import { fetchSurvey, type HostSurvey } from './survey/index.ts'

/** libvirt before this cannot answer the bulk statistics without waiting for hung machines. */
const MINIMUM_LIBVIRT = '4.5.0'
/** The least that a libvirt of that age was shipped with (RHEL 8.0). */
const MINIMUM_QEMU = '2.12.0'

/** Definitions that are read for their network cards: the list of a large host would take longer than all other checks. */
const GUESTS_READ_MAX = 500

export interface Probe {
  readonly outcome: ProbeOutcome
  /** Open when nothing failed: the caller hands it on or closes it. */
  readonly route: HostRoute | null
}

export interface ProbeRequest extends Omit<RouteRequest, 'timeoutMs'> {
  readonly timeoutMs: number
  /** Stop before anything is connected to where commands of ssh_config wait for a person's word. */
  readonly refusesUnconfirmed?: boolean
  /** Told when the SSH session is there and libvirt's turn comes. */
  readonly onSignedIn?: () => void
}

/** Tries a host as far as it goes. Expected failures are in the outcome; rejects with the signal's reason when the caller gives up. */
export async function probeHost(
  hosts: HostRegistry,
  definition: HostDefinition,
  request: ProbeRequest,
): Promise<Probe> {
  let configSkipped: readonly SkippedDirective[] = []
  const onConfigSkipped = (skipped: readonly SkippedDirective[]) => {
    configSkipped = skipped
    const unconfirmed = request.refusesUnconfirmed === true ? decideUnconfirmed(skipped) : null
    if (unconfirmed !== null) throw unconfirmed
  }
  const { transport, address } = definition
  const unknown = { bySudo: false, facts: null, guests: null, survey: null }
  const known = { transport, address, hostKey: null, user: null, ...unknown }
  let route: HostRoute
  try {
    route = await hosts.openRoute(definition, { ...request, onConfigSkipped })
  } catch (error) {
    return { outcome: { ...known, configSkipped, error: expected(error, request.signal) }, route: null }
  }
  const reached = { ...known, configSkipped, hostKey: route.hostKey, user: route.endpoint?.user ?? null }
  request.onSignedIn?.()
  let survey: HostSurvey | null = null
  try {
    survey = await fetchSurvey(route, request.signal)
    const told = await fetchOverLibvirt(route, definition, request)
    const bySudo = route.session?.libvirtRoute?.startsWith('sudo') ?? false
    return { outcome: { ...reached, ...told, survey, bySudo, error: null }, route }
  } catch (error) {
    await route.close()
    return { outcome: { ...reached, survey, error: expected(error, request.signal) }, route: null }
  }
}

async function fetchOverLibvirt(
  route: HostRoute,
  definition: HostDefinition,
  request: ProbeRequest,
): Promise<{ readonly facts: HostFacts; readonly guests: readonly GuestIdentity[] }> {
  const { timeoutMs, signal } = request
  const { address } = definition
  const connection = await openConnection(route, {
    address,
    timeoutMs,
    signal,
  })
  // A daemon may take a minute to look at its QEMU; who gives up does not wait for that.
  const giveUp = (): void => void connection.close()
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const facts = await fetchFacts(connection)
    if (facts.hypervisor !== 'QEMU') throw new AppError('host.no-qemu', { address })
    if (compareVersions(facts.libvirtVersion, MINIMUM_LIBVIRT) < 0) {
      throw new AppError('host.libvirt-too-old', { version: facts.libvirtVersion, minimum: MINIMUM_LIBVIRT })
    }
    if (compareVersions(facts.hypervisorVersion, MINIMUM_QEMU) < 0) {
      throw new AppError('host.qemu-too-old', { version: facts.hypervisorVersion, minimum: MINIMUM_QEMU })
    }
    return { facts, guests: await fetchGuestIdentities(connection, GUESTS_READ_MAX) }
  } finally {
    signal?.removeEventListener('abort', giveUp)
    await connection.close()
  }
}

function expected(error: unknown, signal: AbortSignal | undefined): AppError {
  // What was aborted is no finding about the host; the abort's own reason says why.
  if (signal?.aborted === true) throw signal.reason
  if (isAppError(error)) return error
  if (error instanceof XmlError)
    return new AppError('libvirt.protocol-violation', { detail: error.message }, { cause: error })
  throw error
}
