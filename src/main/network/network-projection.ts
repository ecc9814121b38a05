import type {
  ClusterId,
  ClusterNetworkDefinition,
  Host,
  HostId,
  NetworkId,
  Vm,
  VmId,
  VnicProfileId,
} from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { LiveTopics, Log, TopicFrame } from '../engine/index.ts'
import type { NetworkRecord } from '../inventory/index.ts'
import { BridgeUse } from './bridge-use.ts'
import { buildNetwork } from './build-network.ts'
import { decideNetworkObstacle, decideOperational, type NetworkHost, type Presence } from './decide-network-status.ts'
import type { HostPresence } from './host-presence.ts'
import type { NetworkStore } from './network-store.ts'
import type { VnicProfileStore } from './vnic-profile-store.ts'

export interface NetworkProjectionOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly store: NetworkStore
  readonly profiles: Pick<VnicProfileStore, 'records' | 'ofNetwork'>
  readonly presence: Pick<HostPresence, 'of' | 'hostsWith' | 'forget'>
  /** A host may be unfit now, or fit. */
  readonly onObstacle: (hostId: HostId) => void
  readonly log: Log
}

/**
 * Makes the topics `networks` and `vnic-profiles` of what is stored, of which hosts have which networks, and of the topics `hosts`
 * and `vms`. It also keeps which networks are operational, as that decides which hosts are out of use.
 */
export class NetworkProjection {
  readonly #options: NetworkProjectionOptions
  readonly #bridges = new BridgeUse()
  readonly #clusterOf = new Map<HostId, ClusterId>()
  readonly #ends: readonly (() => void)[]
  readonly #storing = new Set<Promise<void>>()

  constructor(options: NetworkProjectionOptions) {
    this.#options = options
    const { topics } = options
    this.#ends = [
      topics.subscribe({ topic: 'hosts' }, (frame) => this.#onHosts(frame)).unsubscribe,
      topics.subscribe({ topic: 'vms' }, (frame) => this.#onVms(frame)).unsubscribe,
    ]
  }

  /** Shows a network as it is stored now with its profiles, or takes it away. */
  update(networkId: NetworkId): void {
    const record = this.#options.store.records.get(networkId)
    for (const { clusterId } of record?.clusters ?? []) this.#clusterChanged(clusterId)
    this.#show(networkId)
    // Whether a VLAN is there twice is said of both.
    const others = [...this.#options.store.records.values()].filter(({ id }) => id !== networkId)
    for (const { id, datacenterId } of others) {
      if (record === undefined || datacenterId === record.datacenterId) this.#show(id)
    }
    for (const profile of this.#options.profiles.ofNetwork(networkId)) this.updateProfile(profile.id)
  }

  /** Shows a profile as it is stored now, or takes it away. */
  updateProfile(vnicProfileId: VnicProfileId): void {
    const { topics, profiles, store } = this.#options
    const collection = topics.collection('vnic-profiles')
    const record = profiles.records.get(vnicProfileId)
    const network = record === undefined ? undefined : store.records.get(record.networkId)
    if (record === undefined || network === undefined) {
      collection.remove(vnicProfileId)
      return
    }
    const { createdAt: _createdAt, ...definition } = record
    collection.upsert({ ...definition, datacenterId: network.datacenterId, networkName: network.name })
  }

  /** Which networks a host has is other than it was, or which hosts a cluster has. */
  hostChanged(hostId: HostId): void {
    const clusterId = this.#clusterOf.get(hostId)
    if (clusterId !== undefined) this.#clusterChanged(clusterId)
  }

  /** Why a host may not run machines, by its networks; null: nothing speaks against it. */
  obstacleOf(hostId: HostId): AppError | null {
    const host = this.#options.topics.collection('hosts').entities.get(hostId) as Host | undefined
    if (host === undefined) return null
    const networks = this.#options.store.ofCluster(host.clusterId).flatMap((record) =>
      attachmentsTo(record, host.clusterId).map((attached) => ({
        name: record.name,
        required: attached.required,
        operational: this.#options.store.isOperational({ networkId: record.id, clusterId: host.clusterId }),
        presence: this.#presenceOn(host, record, attached),
      })),
    )
    return decideNetworkObstacle(host, networks)
  }

  /** Once what is to be stored by then is. */
  async stop(): Promise<void> {
    for (const end of this.#ends) end()
    await Promise.all(this.#storing)
  }

  #show(networkId: NetworkId): void {
    const { topics, store, profiles, presence } = this.#options
    const collection = topics.collection('networks')
    const record = store.records.get(networkId)
    if (record === undefined) {
      collection.remove(networkId)
      return
    }
    collection.upsert(
      buildNetwork({
        record,
        hostsOf: (clusterId) => this.#hostsOf(clusterId, record),
        isOperational: (clusterId) => store.isOperational({ networkId, clusterId }),
        clusterName: (clusterId) => topics.collection('clusters').entities.get(clusterId)?.name ?? clusterId,
        hostIds: presence.hostsWith(networkId),
        profileCount: profiles.ofNetwork(networkId).length,
        vmCount: record.clusters.reduce(
          (sum, { clusterId }) => sum + this.#bridges.count(clusterId, record.bridgeName),
          0,
        ),
        others: store.ofDatacenter(record.datacenterId).filter(({ id }) => id !== networkId),
      }),
    )
  }

  #hostsOf(clusterId: ClusterId, record: NetworkRecord): readonly NetworkHost[] {
    const attached = attachmentsTo(record, clusterId)
    const hosts = this.#options.topics.collection('hosts').entities.where('clusterId', clusterId)
    return attached.flatMap((one) =>
      hosts.map((host) => ({ id: host.id, status: host.status, presence: this.#presenceOn(host, record, one) })),
    )
  }

  /** Over the management network the engine reaches its hosts: one that it reaches has it, in a bridge of that name or without. */
  #presenceOn(host: Host, record: NetworkRecord, { roles }: ClusterNetworkDefinition): Presence {
    return roles.includes('management') ? 'up' : this.#options.presence.of(host.id, record.id)
  }

  #onHosts(frame: TopicFrame): void {
    const changed = new Set<ClusterId>()
    forEachChange<HostId, Host>(frame, (hostId, host) => {
      for (const clusterId of [this.#clusterOf.get(hostId), host?.clusterId]) {
        if (clusterId !== undefined) changed.add(clusterId)
      }
      if (host === undefined) {
        this.#clusterOf.delete(hostId)
        this.#options.presence.forget(hostId)
      } else this.#clusterOf.set(hostId, host.clusterId)
    })
    for (const clusterId of changed) this.#clusterChanged(clusterId)
  }

  #onVms(frame: TopicFrame): void {
    let isOther = false
    forEachChange<VmId, Vm>(frame, (vmId, vm) => {
      if (this.#bridges.update(vmId, vm)) isOther = true
    })
    if (isOther) for (const networkId of this.#options.store.records.keys()) this.#show(networkId)
  }

  #clusterChanged(clusterId: ClusterId): void {
    const networks = this.#options.store.ofCluster(clusterId)
    for (const record of networks) this.#decideOperational(record, clusterId)
    for (const { id } of networks) this.#show(id)
    for (const [hostId, itsCluster] of this.#clusterOf) {
      if (itsCluster === clusterId) this.#options.onObstacle(hostId)
    }
  }

  /** What cannot be stored now holds until the engine ends, and is decided anew then. */
  #decideOperational(record: NetworkRecord, clusterId: ClusterId): void {
    const { store, log } = this.#options
    const key = { networkId: record.id, clusterId }
    const before = store.isOperational(key)
    const hosts = this.#hostsOf(clusterId, record)
    for (const { required } of attachmentsTo(record, clusterId)) {
      const operational = decideOperational({ required, operational: before, hosts })
      if (operational === before) continue
      const stored = store
        .setOperational(key, operational)
        .catch((error: unknown) => log.warn({ err: error }, 'that a network is operational could not be stored'))
        .finally(() => this.#storing.delete(stored))
      this.#storing.add(stored)
    }
  }
}

function attachmentsTo(record: NetworkRecord, clusterId: ClusterId): readonly ClusterNetworkDefinition[] {
  return record.clusters.filter((one) => one.clusterId === clusterId)
}

/** The entities of a snapshot or a patch, and undefined for those that went. */
function forEachChange<Id extends string, Entity extends { readonly id: Id }>(
  frame: TopicFrame,
  see: (id: Id, entity: Entity | undefined) => void,
): void {
  if (frame.t === 'closed') return
  const entities = (frame.t === 'snapshot' ? frame.entities : frame.upsert) as readonly unknown[] as readonly Entity[]
  for (const entity of entities) see(entity.id, entity)
  if (frame.t === 'patch') for (const id of frame.remove) see(id as Id, undefined)
}
