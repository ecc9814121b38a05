import type { VmId } from '../../shared/domain/index.ts'
import type { AuditTrail } from '../engine/index.ts'
import type { HostChange, HostRegistry } from '../hosts/index.ts'
import { decideTrailLine } from './decide-trail-entry.ts'
import type { OwnActions } from './own-actions.ts'

export interface VmTrailOptions {
  readonly hosts: HostRegistry
  readonly audit: Pick<AuditTrail, 'record'>
  readonly ownActions: OwnActions
}

/** Writes what happens to VMs into the trail: with no user where it was not our doing. Returns how to stop. */
export function startVmTrail({ hosts, audit, ownActions }: VmTrailOptions): () => void {
  return hosts.onChange((change: HostChange) => {
    if (change.kind !== 'event') return
    const { event, before, hostId } = change
    const entry = decideTrailLine(event, before)
    if (entry === null) return
    const vmId = event.domain.uuid as VmId
    const own = ownActions.match(vmId, entry.kind, entry.params.reason)
    if (own?.silent === true) return
    const host = hosts.find(hostId)?.definition.name ?? hostId
    audit.record({
      ...entry,
      subject: { kind: 'vm', id: vmId, name: event.domain.name.slice(0, 256) },
      hostId,
      params: { ...entry.params, host },
      user: own?.user ?? null,
      command: own?.command ?? null,
    })
  })
}
