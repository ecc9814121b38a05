import type { AuditTrail, Clock } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { GuestRequests } from '../guest-requests.ts'
import type { OwnActions } from '../own-actions.ts'
import type { Transitions } from '../transitions.ts'

/** What the commands on VMs work with. */
export interface VmCommandDependencies {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly guestRequests: Pick<GuestRequests, 'begin' | 'resume'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
}
