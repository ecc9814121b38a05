import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HostId, Settings, VmId } from '../../shared/domain/index.ts'
import type { AuditTrail, Clock, CommandHandlers, LiveTopics, Log } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { HostRecord, Inventory } from '../inventory/index.ts'
import { createHostActivate } from './commands/activate.ts'
import { createHostAdd } from './commands/add.ts'
import { createHostCandidates } from './commands/candidates.ts'
import { createHostCheck } from './commands/check.ts'
import { createHostEdit } from './commands/edit.ts'
import { createHostInstall } from './commands/install.ts'
import { createHostMaintenance } from './commands/maintenance.ts'
import { createHostMove } from './commands/move.ts'
import { createHostPower } from './commands/power.ts'
import { createHostReconnect } from './commands/reconnect.ts'
import { createHostRemove } from './commands/remove.ts'
import { produceDetails } from './details/produce-details.ts'
import type { Evacuations } from './evacuations.ts'
import type { HostFits } from './host-fits.ts'
import { startHostMemory } from './host-memory.ts'
import { startHostProjection } from './host-projection.ts'
import { HostWishes } from './host-wishes.ts'
import { createInstallLogs } from './install/install-log.ts'
import { watchHostBoots } from './watch-host-boots.ts'

export { decideTakesVms } from './decide-host-life.ts'
export { fetchDevices } from './details/fetch-devices.ts'
export { produceReadings } from './details/produce-readings.ts'
export type { Evacuations } from './evacuations.ts'
export { joinFits } from './host-fits.ts'
export { fetchHostSecrets } from './host-secrets.ts'

export type HostHandlers = Pick<
  CommandHandlers,
  Exclude<Extract<keyof CommandHandlers, `host.${string}`>, 'host.shell' | `host.${string}-networks`>
>

export interface HostsOptions {
  readonly evacuations: Evacuations
  readonly fits: HostFits
  readonly registry: HostRegistry
  readonly inventory: Pick<Inventory, 'hosts' | 'hostWishes' | 'toldByHosts' | 'secrets' | 'edits' | 'transaction'>
  readonly topics: LiveTopics
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: () => Pick<Settings, 'hostReturnMs'>
  /** Digests of the commands of ssh_config that may be run; commands add to it. */
  readonly allowedCommands: Set<string>
}

export interface Hosts {
  readonly handlers: HostHandlers
  /** Makes every host of the inventory known, without connecting yet. Errors: those of the inventory. */
  addAll(): Promise<void>
  /** Begins to connect to all of them, one after the other; resolves when it has begun with the last. */
  connectAll(): Promise<void>
  stop(): Promise<void>
}

/** Starts showing the hosts of the registry, and gives the commands on them. The registry's links are stopped by its owner. */
export function startHosts(options: HostsOptions): Hosts {
  const { registry, fits, evacuations, inventory, topics, audit, clock, log, settings, allowedCommands } = options
  const revisions = new Map<HostId, number>()
  const wishes = new HostWishes({ store: inventory.hostWishes, clock, returnMs: () => settings().hostReturnMs })
  const stopProjection = startHostProjection({
    registry,
    fits,
    revisions,
    wishes,
    topics,
    hosts: topics.collection('hosts'),
    audit,
  })
  const stopWatching = watchHostBoots({ registry, wishes, log })
  const hostOfVm = (vmId: VmId) => topics.collection('vms').entities.get(vmId)?.hostId ?? null
  produceDetails({ registry, topics, hostOfVm, store: inventory.toldByHosts, clock, log })
  const memory = startHostMemory({ registry, store: inventory.toldByHosts, log })
  const dependencies = { registry, inventory, clock, revisions, wishes, evacuations, allowedCommands }
  return {
    handlers: {
      'host.add': createHostAdd(dependencies),
      'host.candidates': createHostCandidates(dependencies),
      'host.check': createHostCheck(dependencies),
      'host.install': createHostInstall(dependencies, createInstallLogs(topics)),
      'host.edit': createHostEdit(dependencies),
      'host.move': createHostMove(dependencies),
      'host.remove': createHostRemove(dependencies),
      'host.reconnect': createHostReconnect(dependencies),
      'host.maintenance': createHostMaintenance(dependencies),
      'host.activate': createHostActivate(dependencies),
      ...createHostPower(dependencies),
    },
    addAll: async () => {
      await wishes.open()
      for (const record of await inventory.hosts.fetchAll()) {
        revisions.set(record.id, record.revision)
        if (registry.find(record.id) === null) registry.addIdle(definitionOf(record))
      }
      await memory.recall()
    },
    connectAll: async () => {
      for (const link of registry.list()) {
        // Each may start programs (ssh -G, a key's agent): whoever asks the engine something has a turn between two of them.
        await nextTurn()
        if (registry.find(link.id) === link) link.start()
      }
    },
    stop: async () => {
      await memory.stop()
      stopProjection()
      await stopWatching()
      wishes.stop()
    },
  }
}

function definitionOf({
  addedAt: _addedAt,
  machineUuid: _machineUuid,
  machineIdDigest: _machineIdDigest,
  revision: _revision,
  ...definition
}: HostRecord) {
  return definition
}
