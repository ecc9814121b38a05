import type { Drift, HostId } from '../../shared/domain/index.ts'
import type { AuditTrail, Clock, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { HostsRepository } from '../inventory/index.ts'

export interface MachineWatchOptions {
  readonly registry: HostRegistry
  readonly hosts: Pick<HostsRepository, 'fetchAll'>
  readonly drifts: { upsert(drift: Drift): void; remove(id: string): void }
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Shows hosts that tell another UUID than when they were added: another machine stands there, or somebody gave it another UUID. Each is
 * looked at when it first tells one, and when it tells another.
 */
export function watchMachines({ registry, hosts, drifts, audit, clock, log }: MachineWatchOptions): {
  stop(): Promise<void>
} {
  const told = new Map<HostId, string>()
  let looking: Promise<void> = Promise.resolve()

  async function look(hostId: HostId, now: string): Promise<void> {
    const known = (await hosts.fetchAll()).find(({ id }) => id === hostId)?.machineUuid ?? null
    const link = registry.find(hostId)
    if (link === null || told.get(hostId) !== now) return
    if (known === null || known === now) {
      drifts.remove(hostId)
      return
    }
    const { name } = link.definition
    const at = clock.now()
    const machine = { known, now }
    drifts.upsert({
      id: hostId,
      hostId,
      vmId: null,
      name,
      revision: now,
      knownAt: at,
      noticedAt: at,
      changes: [],
      machine,
    })
    const subject = { kind: 'host', id: hostId, name } as const
    audit.record({ kind: 'host.drifted', severity: 'warning', subject, hostId, user: null, params: { ...machine } })
  }

  const stopListening = registry.onChange(({ kind, hostId }) => {
    if (kind === 'removed') told.delete(hostId)
    if (kind !== 'state') return
    const link = registry.find(hostId)
    const now = link?.state.facts?.uuid ?? ''
    if (link?.isLive !== true || now === '' || told.get(hostId) === now) return
    told.set(hostId, now)
    looking = looking
      .then(() => look(hostId, now))
      .catch((error: unknown) => log.error({ err: error, hostId }, 'which machine it is could not be compared'))
  })
  return {
    stop: async () => {
      stopListening()
      await looking
    },
  }
}
