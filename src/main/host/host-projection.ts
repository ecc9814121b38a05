import { userInfo } from 'node:os'
import type { HostId, HostStatus } from '../../shared/domain/index.ts'
import { toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail, Collection } from '../engine/index.ts'
import type { HostChange, HostRegistry } from '../hosts/index.ts'
import { buildHost } from './build-host.ts'
import type { HostFits } from './host-fits.ts'
import type { HostWishes } from './host-wishes.ts'
import { decideHostTrail } from './rules.ts'
import { VmCounts } from './vm-counts.ts'

export interface HostProjectionOptions {
  readonly registry: HostRegistry
  readonly hosts: Collection<'hosts'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly revisions: ReadonlyMap<HostId, number>
  readonly wishes: HostWishes
  readonly fits: HostFits
}

/** Makes the topic `hosts` of the links, and tells the trail when one comes or goes. Returns how to stop. */
export function startHostProjection({
  registry,
  hosts,
  audit,
  revisions,
  wishes,
  fits,
}: HostProjectionOptions): () => void {
  const localUser = userInfo().username
  const statuses = new Map<HostId, HostStatus>()
  const counts = new VmCounts()

  function update(hostId: HostId): void {
    const link = registry.find(hostId)
    if (link === null) return
    hosts.upsert(
      buildHost({
        state: link.state,
        wish: wishes.of(hostId),
        obstacle: fits.obstacleOf(hostId),
        isOverdue: wishes.isOverdue(hostId),
        isAnswering: link.isLive || link.session() !== null,
        isStorageManager: fits.isStorageManager(hostId),
        revision: revisions.get(hostId) ?? 1,
        ...counts.of(hostId),
        localUser,
      }),
    )
  }

  function tell(hostId: HostId): void {
    const link = registry.find(hostId)
    if (link === null) return
    const { definition, reconnecting } = link.state
    const error = link.state.error ?? fits.obstacleOf(hostId)
    // The line of the command that asked for it says it; what came of it is told when that is certain.
    if (reconnecting) return
    const status = hosts.entities.get(hostId)?.status ?? link.state.status
    const line = decideHostTrail(statuses.get(hostId) ?? null, status)
    statuses.set(hostId, status)
    if (line === null) return
    const subject = { kind: 'host', id: hostId, name: definition.name } as const
    audit.record({ ...line, subject, error: error === null ? null : toWireError(error) })
  }

  function onChange(change: HostChange): void {
    const { kind, hostId } = change
    if (kind === 'removed') {
      statuses.delete(hostId)
      counts.forget(hostId)
      hosts.remove(hostId)
    } else if (kind === 'domains') {
      // Without a look at the time: an event of a VM that changes no count makes no patch of its host.
      const link = registry.find(hostId)
      if (link !== null && counts.update(link, change.uuids)) update(hostId)
    } else if (kind === 'state' || kind === 'added') {
      update(hostId)
      tell(hostId)
    }
  }

  for (const link of registry.list()) {
    counts.update(link, link.domains.keys())
    update(link.id)
  }
  const again = (hostId: HostId) => {
    update(hostId)
    tell(hostId)
  }
  const ends = [fits.onObstacle(again), registry.onChange(onChange), wishes.onChange(again)]
  return () => {
    for (const end of ends) end()
  }
}
