import type { HostId } from '../../../shared/domain/index.ts'
import type { MachineDisks } from '../../disk/index.ts'
import type { AuditTrail, Clock } from '../../engine/index.ts'
import type { HostRegistry } from '../../hosts/index.ts'
import type { VmDefinitionsRepository } from '../../inventory/index.ts'
import type { DefinitionWriter } from '../edit/definition-writer.ts'
import type { StoredDefinitions } from '../edit/stored-definitions.ts'
import type { GuestRequests } from '../guest-requests.ts'
import type { OwnActions } from '../own-actions.ts'
import type { SchedulingPolicy } from '../scheduler/decide-host.ts'
import type { HostAbilitiesCache } from '../scheduler/host-abilities.ts'
import type { StartPromises } from '../scheduler/start-promises.ts'
import type { Transitions } from '../transitions.ts'

/** What the commands on VMs work with. */
export interface VmCommandDependencies {
  readonly hosts: HostRegistry
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly guestRequests: Pick<GuestRequests, 'begin' | 'resume'>
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  /** Has what its disks need made ready on the host that is to start it. */
  readonly activateVolumes: ActivateVolumes
}

/** Beside that, what is needed to find a place for a VM, and to make it. */
export interface VmPlacementDependencies extends VmCommandDependencies {
  readonly machineDisks: () => MachineDisks
  readonly abilities: Pick<HostAbilitiesCache, 'refreshCluster'>
  readonly policy: SchedulingPolicy
  readonly promises: StartPromises
}

/** Beside that, what is known of machines whose hosts cannot be asked; null: nothing is kept. */
export interface VmStartDependencies extends VmPlacementDependencies {
  readonly kept: Pick<VmDefinitionsRepository, 'fetchForVm'> | null
}

/** Beside that, what is needed to change definitions. */
export interface VmEditDependencies extends Pick<VmCommandDependencies, 'hosts' | 'activateVolumes'>, DefinitionWriter {
  readonly abilities: Pick<HostAbilitiesCache, 'of'>
  readonly definitions: StoredDefinitions
}

/**
 * Has those of a machine's disks that are volumes on LUNs active on a host. To be called, when the machine runs there or does not: what it
 * gives. Errors: storage.lun-missing, storage.no-descriptor, storage.host-failed, …
 */
export type ActivateVolumes = (hostId: HostId, paths: readonly string[], signal: AbortSignal) => Promise<() => void>
