import type { AuditEvent, Host, HostFacts, HostId, HostStatus, LibvirtMode } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'

/** What the audit and the task list call a host. */
export function hostSubject(model: ModelSnapshot, { hostId }: { readonly hostId: HostId }) {
  return { kind: 'host', id: hostId, name: model.hosts.get(hostId)?.name ?? hostId } as const
}

/** Is there such a host? Null: yes. */
export function decideKnown(model: ModelSnapshot, hostId: HostId): AppError | null {
  return model.hosts.has(hostId) ? null : new AppError('host.not-found', { hostId })
}

/** Is a name free (for a host other than `except`)? Null: yes. Names differ by more than case. */
export function decideNameFree(model: ModelSnapshot, name: string | undefined, except?: HostId): AppError | null {
  if (name === undefined) return null
  const taken = [...model.hosts.values()].some((host) => host.id !== except && sameName(host.name, name))
  return taken ? new AppError('host.name-taken', { name }) : null
}

/** Refuses the same way to the same daemon twice. */
export function decideNotAdded(
  model: ModelSnapshot,
  wanted: Pick<Host, 'transport' | 'address' | 'libvirtMode'> & { readonly port: number | null },
): AppError | null {
  const { address } = wanted
  const same = [...model.hosts.values()].find(
    (host) =>
      host.transport === wanted.transport &&
      host.libvirtMode === wanted.libvirtMode &&
      (wanted.transport === 'local' ||
        (host.address.toLowerCase() === address.toLowerCase() && host.port === (wanted.port ?? 22))),
  )
  return same === undefined
    ? null
    : new AppError('host.already-added', { name: same.name, address }, { subject: same.name })
}

/**
 * Refuses a machine that is there under another address. A UUID alone does not prove that: some boards all carry the same
 * one, so the host's own name must be the same too.
 */
export function decideOtherMachine(
  known: Iterable<{
    readonly id: HostId
    readonly name: string
    readonly libvirtMode: LibvirtMode
    readonly facts: HostFacts | null
  }>,
  facts: HostFacts,
  libvirtMode: LibvirtMode,
): AppError | null {
  if (facts.uuid === '') return null
  for (const host of known) {
    if (host.libvirtMode !== libvirtMode || host.facts === null) continue
    if (host.facts.uuid === facts.uuid && host.facts.hostName === facts.hostName) {
      return new AppError('host.same-machine', { name: host.name, uuid: facts.uuid }, { subject: host.name })
    }
  }
  return null
}

/** The host's own name, with a number behind it where that is taken. */
export function decideDefaultName(model: ModelSnapshot, hostName: string): string {
  const base = hostName === '' ? 'host' : hostName.slice(0, 56)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} (${number})`
    if (decideNameFree(model, name) === null) return name
  }
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

/** What the trail says when a host's status changes; null for steps on the way. Pure. */
export function decideHostTrail(
  before: HostStatus | null,
  now: HostStatus,
): Pick<AuditEvent, 'kind' | 'severity'> | null {
  if (before === now) return null
  if (now === 'up') return { kind: 'host.connected', severity: 'info' }
  if (now === 'error' || now === 'non-operational') return { kind: 'host.refused', severity: 'error' }
  if (before === 'up') return { kind: 'host.disconnected', severity: 'warning' }
  return null
}
