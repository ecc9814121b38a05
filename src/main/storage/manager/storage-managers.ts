import type { DatacenterId, HostId, StorageDomain } from '../../../shared/domain/index.ts'
import type { LiveTopics, Log, ModelSnapshot } from '../../engine/index.ts'
import type { StorageManager, StorageManagers } from '../on-host/types.ts'
import { decideStorageManager, type ManagerCandidate } from './decide-storage-manager.ts'

export interface StorageManagersOptions {
  readonly topics: Pick<LiveTopics, 'model' | 'subscribe'>
  readonly log: Log
  /** From 0 to below 1. */
  readonly random: () => number
  /** Another host than the last one has become it. The first that this engine chooses follows nobody. */
  readonly onHandedOver: (datacenterId: DatacenterId, change: { readonly from: HostId; readonly to: HostId }) => void
}

const NOBODY: StorageManager = { status: 'none', hostId: null }

/** Chooses who manages the storage of each datacenter, and anew when that host leaves `up` or loses the master. Follows the topics as a client does. */
export function startStorageManagers({ topics, log, random, onHandedOver }: StorageManagersOptions): StorageManagers {
  const managers = new Map<DatacenterId, StorageManager>()
  const latest = new Map<DatacenterId, HostId>()
  const listeners = new Set<(datacenterId: DatacenterId) => void>()

  function choose(datacenterId: DatacenterId, model: ModelSnapshot): void {
    const before = managers.get(datacenterId) ?? NOBODY
    const now = decideStorageManager(candidatesOf(model, datacenterId), before.hostId, random)
    if (now.hostId === before.hostId && now.status === before.status) return
    managers.set(datacenterId, now)
    if (now.hostId !== before.hostId) {
      log.info({ datacenterId, hostId: now.hostId, before: before.hostId }, 'another host manages the storage')
      const from = latest.get(datacenterId)
      if (now.hostId !== null) latest.set(datacenterId, now.hostId)
      if (now.hostId !== null && from !== undefined && from !== now.hostId)
        onHandedOver(datacenterId, { from, to: now.hostId })
    }
    for (const listener of [...listeners]) listener(datacenterId)
  }

  function forget(datacenterId: DatacenterId): void {
    managers.delete(datacenterId)
    latest.delete(datacenterId)
  }

  /** There are few datacenters, and a host that went does not say where it was. */
  function chooseAll(): void {
    const model = topics.model()
    for (const id of [...managers.keys()]) if (!model.datacenters.has(id)) forget(id)
    for (const id of model.datacenters.keys()) choose(id, model)
  }

  const subscriptions = (['hosts', 'clusters', 'storage-domains'] as const).map((topic) =>
    topics.subscribe({ topic }, ({ t }) => {
      if (t !== 'closed') chooseAll()
    }),
  )
  return {
    managerOf: (datacenterId) => managers.get(datacenterId) ?? NOBODY,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => {
      for (const { unsubscribe } of subscriptions) unsubscribe()
    },
  }
}

function candidatesOf(model: ModelSnapshot, datacenterId: DatacenterId): ManagerCandidate[] {
  const master = model.storageDomains.where('datacenterId', datacenterId).find(({ isMaster }) => isMaster)
  const cutOff = master === undefined ? new Set<HostId>() : cutOffFrom(master)
  return model.clusters
    .where('datacenterId', datacenterId)
    .flatMap(({ id }) => model.hosts.where('clusterId', id))
    .map(({ id, status, storageManagerPriority }) => ({
      id,
      status,
      priority: storageManagerPriority,
      isCutOff: cutOff.has(id),
    }))
}

/** Hosts that do not reach a domain which others reach: where nobody does, it is the storage's trouble and no host's. */
function cutOffFrom({ connections }: Pick<StorageDomain, 'connections'>): ReadonlySet<HostId> {
  if (!connections.some(({ status }) => status === 'connected')) return new Set()
  return new Set(connections.filter(({ status }) => status === 'failed').map(({ hostId }) => hostId))
}
