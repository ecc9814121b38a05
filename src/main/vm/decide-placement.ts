import type { HostId } from '../../shared/domain/index.ts'

/** One host's definition of a VM. */
export interface PlacementCandidate {
  readonly hostId: HostId
  /** A QEMU process exists there, as last known. */
  readonly active: boolean
  /** Is that current? */
  readonly live: boolean
  /** Its QEMU stands still because of a migration: it waits for the memory, or has sent it. */
  readonly waits: boolean
}

export interface Placement {
  readonly hostId: HostId
  readonly alsoDefinedOn: readonly HostId[]
  /** Hosts on which it is known to run, when that is more than one: nothing may be done to it. */
  readonly runsOnSeveral: readonly HostId[]
}

/**
 * Decides which host a VM belongs to when several define it: where it runs, else where it last ran on a host that cannot be
 * asked (it may run there still), else where it was before, else the first. Null without candidates.
 */
export function decidePlacement(candidates: readonly PlacementCandidate[], before: HostId | null): Placement | null {
  const ordered = [...candidates].sort((a, b) => (a.hostId < b.hostId ? -1 : 1))
  const active = ordered.filter((candidate) => candidate.active && candidate.live)
  // Of a machine on its way both hosts have a QEMU; one of them at most runs.
  const runs = active.filter(({ waits }) => !waits)
  const [waiting] = [...active.filter(({ hostId }) => hostId === before), ...active]
  const running = runs.length > 0 || waiting === undefined ? runs : [waiting]
  const chosen =
    running.find((candidate) => candidate.hostId === before) ??
    running[0] ??
    ordered.find((candidate) => candidate.active) ??
    ordered.find((candidate) => candidate.hostId === before) ??
    ordered.find((candidate) => candidate.live) ??
    ordered[0]
  if (chosen === undefined) return null
  return {
    hostId: chosen.hostId,
    alsoDefinedOn: ordered.filter((candidate) => candidate !== chosen).map((candidate) => candidate.hostId),
    runsOnSeveral: running.length > 1 ? running.map((candidate) => candidate.hostId) : [],
  }
}
