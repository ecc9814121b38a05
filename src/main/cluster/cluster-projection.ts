import type { ClusterId, Host, HostId, Vm, VmId } from '../../shared/domain/index.ts'
import type { Clock, LiveTopics, TopicFrame } from '../engine/index.ts'
import { buildCluster } from './build-cluster.ts'
import type { ClusterStore } from './cluster-store.ts'
import type { ClusterCpus } from './cpu/cluster-cpus.ts'
import { decideClusterProblems } from './decide-cluster-problems.ts'
import { type HostUse, HostUses } from './host-use.ts'
import { MacTable } from './mac-table.ts'
import { VmTallies } from './vm-tallies.ts'

export interface ClusterProjectionOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly store: Pick<ClusterStore, 'records'>
  readonly cpus: Pick<ClusterCpus, 'cpuOf' | 'errorOf'>
  readonly clock: Clock
}

/**
 * Makes the topic `clusters` of what is stored and of the topics `hosts` and `vms`. It follows these as a client does: what
 * comes in one batch makes each cluster anew at most once.
 */
export class ClusterProjection {
  readonly #options: ClusterProjectionOptions
  readonly #tallies = new VmTallies()
  readonly #macs = new MacTable()
  readonly #hostUses: HostUses
  readonly #clusterOf = new Map<HostId, ClusterId>()
  readonly #usedMacs = new Map<ClusterId, { readonly range: unknown; readonly count: number }>()
  readonly #unsubscribe: readonly (() => void)[]

  constructor(options: ClusterProjectionOptions) {
    this.#options = options
    const { topics, clock } = options
    this.#hostUses = new HostUses(clock, (clusterId) => this.update(clusterId))
    this.#unsubscribe = [
      topics.subscribe({ topic: 'hosts' }, (frame) => this.#onHosts(frame)).unsubscribe,
      topics.subscribe({ topic: 'vms' }, (frame) => this.#onVms(frame)).unsubscribe,
    ]
  }

  /** Shows a cluster as it is stored now, or takes it away. */
  update(clusterId: ClusterId): void {
    const { topics, store, cpus } = this.#options
    const clusters = topics.collection('clusters')
    const definition = store.records.get(clusterId)
    if (definition === undefined) {
      this.#usedMacs.delete(clusterId)
      clusters.remove(clusterId)
      return
    }
    const hosts = topics.collection('hosts').entities.where('clusterId', clusterId)
    const tally = this.#tallies.of(clusterId)
    const usedMacAddresses = this.#countMacs(clusterId)
    const ownProblems = decideClusterProblems(definition, {
      others: [...store.records.values()].filter(({ id }) => id !== clusterId),
      usedMacAddresses,
      duplicates: this.#macs.duplicates(),
      vms: topics.collection('vms').entities as ReadonlyMap<string, Vm>,
      cpuError: cpus.errorOf(clusterId),
    })
    const cpu = cpus.cpuOf(clusterId)
    const { uses } = this.#hostUses
    clusters.upsert(buildCluster({ definition, hosts, tally, cpu, uses, ownProblems, usedMacAddresses }))
  }

  /** What a host tells of its load. */
  learnUse(hostId: HostId, use: HostUse): void {
    const clusterId = this.#clusterOf.get(hostId)
    if (clusterId !== undefined) this.#hostUses.learn(hostId, clusterId, use)
  }

  stop(): void {
    this.#hostUses.stop()
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  #onHosts(frame: TopicFrame): void {
    const changed = new Set<ClusterId>()
    const see = (hostId: HostId, host: Host | undefined) => {
      for (const clusterId of [this.#clusterOf.get(hostId), host?.clusterId]) {
        if (clusterId !== undefined) changed.add(clusterId)
      }
      if (host?.status !== 'up') this.#hostUses.forget(hostId)
      if (host === undefined) this.#clusterOf.delete(hostId)
      else this.#clusterOf.set(hostId, host.clusterId)
    }
    forEachChange<HostId, Host>(frame, see)
    for (const clusterId of changed) this.update(clusterId)
  }

  #onVms(frame: TopicFrame): void {
    const changed = new Set<ClusterId>()
    let macsChanged = false
    forEachChange<VmId, Vm>(frame, (vmId, vm) => {
      for (const clusterId of this.#tallies.update(vmId, vm)) changed.add(clusterId)
      if (this.#macs.update(vmId, vm)) macsChanged = true
    })
    if (macsChanged) this.#usedMacs.clear()
    // An address may lie in the range of any cluster.
    for (const clusterId of macsChanged ? this.#options.store.records.keys() : changed) this.update(clusterId)
  }

  /** Counted anew only when addresses or the range have changed. */
  #countMacs(clusterId: ClusterId): number {
    const range = this.#options.store.records.get(clusterId)?.settings.macRange
    if (range === undefined) return 0
    const known = this.#usedMacs.get(clusterId)
    if (known?.range === range) return known.count
    const count = this.#macs.countIn(range)
    this.#usedMacs.set(clusterId, { range, count })
    return count
  }
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
