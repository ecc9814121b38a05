import type { DatacenterId } from '../../shared/domain/index.ts'
import type { LiveTopics, TopicFrame } from '../engine/index.ts'
import { buildDatacenter } from './build-datacenter.ts'
import type { DatacenterStore } from './datacenter-store.ts'

export interface DatacenterProjectionOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly store: Pick<DatacenterStore, 'records'>
}

/**
 * Makes the topic `datacenters` of what is stored and of the topic `clusters`, which changes with all that a datacenter shows
 * of its hosts and VMs. It follows that as a client does: in batches.
 */
export class DatacenterProjection {
  readonly #options: DatacenterProjectionOptions
  readonly #unsubscribe: () => void

  constructor(options: DatacenterProjectionOptions) {
    this.#options = options
    this.#unsubscribe = options.topics.subscribe({ topic: 'clusters' }, (frame) => this.#onClusters(frame)).unsubscribe
  }

  /** Shows a datacenter as it is stored now, or takes it away. */
  update(datacenterId: DatacenterId): void {
    const { topics, store } = this.#options
    const datacenters = topics.collection('datacenters')
    const definition = store.records.get(datacenterId)
    if (definition === undefined) {
      datacenters.remove(datacenterId)
      return
    }
    const clusters = topics.collection('clusters').entities.where('datacenterId', datacenterId)
    const { entities } = topics.collection('hosts')
    const hosts = clusters.flatMap(({ id }) => entities.where('clusterId', id))
    // Storage domains are not known to the model yet: no datacenter has one, so none has a storage manager.
    datacenters.upsert(buildDatacenter({ definition, clusters, hosts, domains: [], storageManager: 'none' }))
  }

  stop(): void {
    this.#unsubscribe()
  }

  /** There are few datacenters, and a cluster that went does not say where it was. */
  #onClusters(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    for (const datacenterId of this.#options.store.records.keys()) this.update(datacenterId)
  }
}
