import { userInfo } from 'node:os'
import type { HostId, HostStatus } from '../../shared/domain/index.ts'
import { isAppError, toWireError } from '../../shared/errors/index.ts'
import type { AuditTrail, Collection, LiveTopics } from '../engine/index.ts'
import type { HostChange, HostRegistry } from '../hosts/index.ts'
import { buildHost } from './build-host.ts'
import type { HostFits } from './host-fits.ts'
import type { HostWishes } from './host-wishes.ts'
import { Installations } from './install/installations.ts'
import { decideHostTrail } from './rules.ts'
import { VmCounts } from './vm-counts.ts'

export interface HostProjectionOptions {
  readonly registry: HostRegistry
  readonly hosts: Collection<'hosts'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly revisions: ReadonlyMap<HostId, number>
  readonly wishes: HostWishes
  readonly fits: HostFits
  readonly topics: Pick<LiveTopics, 'subscribe'>
}

/** Makes the topic `hosts` of the links, and tells the trail when one comes or goes. Returns how to stop. */
export function startHostProjection({
  registry,
  hosts,
  audit,
  revisions,
  wishes,
  fits,
  topics,
}: HostProjectionOptions): () => void {
  const localUser = userInfo().username
  const statuses = new Map<HostId, HostStatus>()
  const counts = new VmCounts()
  const installations = new Installations(topics, (hostId, { state }) => {
    if (state === 'none') void tryAgain(hostId)
    update(hostId)
    tell(hostId)
  })

  /** What was missing is there: nobody has to wait for the next attempt. It fails as any attempt does, which its link shows. */
  async function tryAgain(hostId: HostId): Promise<void> {
    const link = registry.find(hostId)
    if (link === null || link.isLive) return
    await link.reconnect().catch((error: unknown) => {
      if (!isAppError(error)) throw error
    })
  }

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
        installation: installations.of(hostId),
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
      installations.forget(hostId)
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
  const ends = [fits.onObstacle(again), registry.onChange(onChange), wishes.onChange(again), () => installations.stop()]
  return () => {
    for (const end of ends) end()
  }
}
