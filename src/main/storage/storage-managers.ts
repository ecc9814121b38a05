import type { DatacenterId, Host, HostId } from '../../shared/domain/index.ts'
import type { LiveTopics } from '../engine/index.ts'
import type { StorageManager, StorageManagers } from './on-host/types.ts'
import { hostsOfDatacenter } from './rules.ts'

export interface StorageManagersOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe' | 'model'>
  /** 0 to below 1. */
  readonly random: () => number
}

const NONE: StorageManager = { status: 'none', hostId: null }

/** Chooses the storage manager of each datacenter, and another one when it leaves `up`. Follows the hosts as a client does. */
export function startStorageManagers({ topics, random }: StorageManagersOptions): StorageManagers {
  const managers = new Map<DatacenterId, StorageManager>()
  const listeners = new Set<(datacenterId: DatacenterId) => void>()
  const choose = () => {
    const model = topics.model()
    for (const datacenterId of new Set([...managers.keys(), ...model.datacenters.keys()])) {
      const before = managers.get(datacenterId) ?? NONE
      const hostId = decideStorageManager(before.hostId, hostsOfDatacenter(model, datacenterId), random())
      if (!model.datacenters.has(datacenterId)) managers.delete(datacenterId)
      if (hostId === before.hostId) continue
      managers.set(datacenterId, hostId === null ? NONE : { status: 'chosen', hostId })
      for (const listener of [...listeners]) listener(datacenterId)
    }
  }
  const subscriptions = [topics.subscribe({ topic: 'hosts' }, choose), topics.subscribe({ topic: 'clusters' }, choose)]
  return {
    managerOf: (datacenterId) => managers.get(datacenterId) ?? NONE,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {
      for (const { unsubscribe } of subscriptions) unsubscribe()
    },
  }
}

/** One that is up stays; else one of those with the highest priority, at random. Null: none may be. Pure. */
export function decideStorageManager(
  before: HostId | null,
  hosts: readonly Pick<Host, 'id' | 'status' | 'storageManagerPriority'>[],
  random: number,
): HostId | null {
  const fit = hosts.filter(({ status, storageManagerPriority }) => status === 'up' && storageManagerPriority >= 0)
  if (fit.some(({ id }) => id === before)) return before
  const highest = Math.max(...fit.map(({ storageManagerPriority }) => storageManagerPriority))
  const best = fit.filter(({ storageManagerPriority }) => storageManagerPriority === highest)
  return best[Math.floor(random * best.length)]?.id ?? null
}
