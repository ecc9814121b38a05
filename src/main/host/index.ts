import type { HostId } from '../../shared/domain/index.ts'
import type { AuditTrail, Clock, CommandHandlers, TopicRegistry } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { HostRecord, Inventory } from '../inventory/index.ts'
import { createHostAdd } from './commands/add.ts'
import { createHostCheck } from './commands/check.ts'
import { createHostEdit } from './commands/edit.ts'
import { createHostReconnect } from './commands/reconnect.ts'
import { createHostRemove } from './commands/remove.ts'
import { startHostProjection } from './host-projection.ts'

export { fetchHostSecrets } from './host-secrets.ts'

export type HostHandlers = Pick<CommandHandlers, Extract<keyof CommandHandlers, `host.${string}`>>

export interface HostsOptions {
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'hosts' | 'secrets' | 'edits' | 'transaction'>
  readonly topics: TopicRegistry
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
}

export interface Hosts {
  readonly handlers: HostHandlers
  /** Begins to connect to every host of the inventory. Errors: those of the inventory. */
  connectAll(): Promise<void>
  stop(): void
}

/** Starts showing the hosts of the registry, and gives the commands on them. The registry's links are stopped by its owner. */
export function startHosts({ registry, inventory, topics, audit, clock }: HostsOptions): Hosts {
  const revisions = new Map<HostId, number>()
  const stop = startHostProjection({ registry, revisions, hosts: topics.collection('hosts'), audit })
  const dependencies = { registry, inventory, clock, revisions }
  return {
    handlers: {
      'host.add': createHostAdd(dependencies),
      'host.check': createHostCheck(dependencies),
      'host.edit': createHostEdit(dependencies),
      'host.remove': createHostRemove(dependencies),
      'host.reconnect': createHostReconnect(dependencies),
    },
    connectAll: async () => {
      for (const record of await inventory.hosts.fetchAll()) {
        revisions.set(record.id, record.revision)
        if (registry.find(record.id) === null) registry.add(definitionOf(record))
      }
    },
    stop,
  }
}

function definitionOf({
  addedAt: _addedAt,
  machineUuid: _machineUuid,
  revision: _revision,
  ...definition
}: HostRecord) {
  return definition
}
