import type { AuditEvent, Host, HostDefinition, HostId, HostStatus, LibvirtMode } from '../../shared/domain/index.ts'
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
  const taken = model.hosts.where('name', name).some((host) => host.id !== except)
  return taken ? new AppError('host.name-taken', { name }) : null
}

/** A way to a daemon, as a host of the inventory has one. */
export type WantedWay = Pick<Host, 'transport' | 'address' | 'libvirtMode'> & { readonly port: number | null }

/** The host that is reached the same way. */
export function findHostAt(model: ModelSnapshot, wanted: WantedWay): Host | undefined {
  return [...model.hosts.values()].find(
    (host) =>
      host.transport === wanted.transport &&
      host.libvirtMode === wanted.libvirtMode &&
      (wanted.transport === 'local' ||
        (host.address.toLowerCase() === wanted.address.toLowerCase() && host.port === (wanted.port ?? 22))),
  )
}

/** Refuses the same way to the same daemon twice. */
export function decideNotAdded(model: ModelSnapshot, wanted: WantedWay): AppError | null {
  return refuseAdded(findHostAt(model, wanted), wanted.address)
}

/** Refuses to look for what lacks on a host that has it: one whose libvirt answers. One that lost it may get it again. Null: it may. */
export function decideMayLack(model: ModelSnapshot, wanted: WantedWay): AppError | null {
  const host = findHostAt(model, wanted)
  return host === undefined || host.stale ? null : refuseAdded(host, wanted.address)
}

function refuseAdded(same: Host | undefined, address: string): AppError | null {
  return same === undefined
    ? null
    : new AppError('host.already-added', { name: same.name, address }, { subject: same.name })
}

/** By what a machine is told from others. Null: it does not say. */
export interface MachineIdentity {
  readonly libvirtMode: LibvirtMode
  /** As libvirt tells it. */
  readonly machineUuid: string | null
  readonly machineIdDigest: string | null
}

/**
 * Refuses a machine that is there already: /etc/machine-id is the same, or libvirt's UUID is. Some boards all carry the same UUID;
 * where the machine ids show that, it is refused all the same, because libvirt migrates nothing between two such hosts. Pure.
 */
export function decideOtherMachine(
  known: Iterable<MachineIdentity & { readonly name: string }>,
  wanted: MachineIdentity,
): AppError | null {
  for (const host of known) {
    if (host.libvirtMode !== wanted.libvirtMode) continue
    const { name } = host
    const uuid = wanted.machineUuid ?? ''
    if (host.machineIdDigest !== null && host.machineIdDigest === wanted.machineIdDigest) {
      return new AppError('host.same-machine', { name, uuid }, { subject: name })
    }
    if (uuid === '' || host.machineUuid !== uuid) continue
    const areTwo = host.machineIdDigest !== null && wanted.machineIdDigest !== null
    return new AppError(areTwo ? 'host.same-uuid' : 'host.same-machine', { name, uuid }, { subject: name })
  }
  return null
}

/** The hosts of a cluster that a new one can look at, and be looked at by. Pure. */
export function decidePeers(
  model: ModelSnapshot,
  wanted: Pick<HostDefinition, 'id' | 'clusterId' | 'libvirtMode'>,
): readonly Host[] {
  if (wanted.libvirtMode !== 'system') return []
  return [...model.hosts.values()].filter(
    (host) =>
      host.id !== wanted.id &&
      host.clusterId === wanted.clusterId &&
      host.transport === 'ssh' &&
      host.libvirtMode === 'system' &&
      host.status === 'up',
  )
}

/** The host's own name, with a number behind it where that is taken. */
export function decideDefaultName(model: ModelSnapshot, hostName: string): string {
  const base = hostName === '' ? 'host' : hostName.slice(0, 56)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} (${number})`
    if (decideNameFree(model, name) === null) return name
  }
}

const LOST: ReadonlySet<HostStatus> = new Set(['connecting', 'non-responsive'])
const MAINTAINED: ReadonlySet<HostStatus> = new Set(['maintenance', 'preparing-for-maintenance'])

/** What the trail says when a host's status changes; null for steps on the way. Pure. */
export function decideHostTrail(
  before: HostStatus | null,
  now: HostStatus,
): Pick<AuditEvent, 'kind' | 'severity'> | null {
  if (before === now) return null
  if (now === 'up' && !(before !== null && MAINTAINED.has(before))) return { kind: 'host.connected', severity: 'info' }
  if (now === 'error' || now === 'non-operational') return { kind: 'host.refused', severity: 'error' }
  // What was wished of it is said by the line of its command.
  if (before === 'up' && LOST.has(now)) return { kind: 'host.disconnected', severity: 'warning' }
  return null
}
