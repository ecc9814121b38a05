import type { Clock, CommandHandlers, LiveTopics } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'
import type { NetworksOfOthers } from '../network/index.ts'
import type { StorageManagers } from '../storage/index.ts'
import { createDatacenterCreate } from './commands/create.ts'
import { createDatacenterEdit } from './commands/edit.ts'
import { createDatacenterRemove } from './commands/remove.ts'
import { DatacenterProjection } from './datacenter-projection.ts'
import { DatacenterStore } from './datacenter-store.ts'

export type DatacenterHandlers = Pick<CommandHandlers, Extract<keyof CommandHandlers, `datacenter.${string}`>>

export interface DatacentersOptions {
  readonly inventory: Pick<Inventory, 'datacenters' | 'edits' | 'transaction'>
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly managers: StorageManagers
  readonly networks: Pick<NetworksOfOthers, 'addDatacenter' | 'forgetDatacenter'>
  readonly clock: Clock
}

export interface Datacenters {
  readonly handlers: DatacenterHandlers
  /** Makes every datacenter of the inventory known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): void
}

/** Starts showing the datacenters with what is in them, and gives the commands on them. */
export function startDatacenters({ inventory, topics, managers, networks, clock }: DatacentersOptions): Datacenters {
  const store: DatacenterStore = new DatacenterStore({
    inventory,
    networks,
    clock,
    onChange: (datacenterId) => projection.update(datacenterId),
  })
  const projection: DatacenterProjection = new DatacenterProjection({ topics, store, managers })
  const dependencies = { store, clock }
  return {
    handlers: {
      'datacenter.create': createDatacenterCreate(dependencies),
      'datacenter.edit': createDatacenterEdit(dependencies),
      'datacenter.remove': createDatacenterRemove(dependencies),
    },
    load: () => store.load(),
    stop: () => projection.stop(),
  }
}
