import type { HostId, VmId } from '../../shared/domain/index.ts'
import type { DomainEvent } from '../hosts/index.ts'
import { HostDefinitions, type HostDefinitionsOptions } from './host-definitions.ts'

export interface DefinitionKeeper {
  /** Runs what changes a definition by one of our commands: that is no drift. Errors: those of `change`. */
  changeOwn<T>(hostId: HostId, vmId: VmId, change: () => Promise<T>): Promise<T>
  stop(): Promise<void>
}

/**
 * Keeps the last known definition of every persistent domain in the inventory, so that a VM is known when its host is gone.
 * Each host for itself: one that is slow keeps no other waiting.
 */
export function startDefinitionKeeper(options: HostDefinitionsOptions): DefinitionKeeper {
  const keepers = new Map<HostId, HostDefinitions>()

  function keeperOf(hostId: HostId): HostDefinitions {
    const known = keepers.get(hostId)
    if (known !== undefined) return known
    const created = new HostDefinitions(hostId, options)
    keepers.set(hostId, created)
    return created
  }

  const stopListening = options.hosts.onChange((change) => {
    const { hostId } = change
    if (change.kind === 'removed') {
      void keepers.get(hostId)?.stop()
      keepers.delete(hostId)
      return
    }
    if (change.kind === 'resources' || change.kind === 'driver-event' || change.kind === 'added') return
    const keeper = keeperOf(hostId)
    keeper.noteState()
    if (change.kind === 'domains') keeper.noteDomains(change.uuids)
    else if (change.kind === 'definition') keeper.mark([change.uuid as VmId])
    else if (change.kind === 'event' && isRedefinition(change.event)) keeper.markTold(change.event.domain.uuid as VmId)
  })

  return {
    changeOwn: (hostId, vmId, change) => keeperOf(hostId).changeOwn(vmId, change),
    stop: async () => {
      stopListening()
      await Promise.all([...keepers.values()].map((keeper) => keeper.stop()))
    },
  }
}

function isRedefinition(event: DomainEvent): boolean {
  return event.kind === 'domain-metadata-change' || (event.kind === 'domain-lifecycle' && event.event === 'defined')
}
