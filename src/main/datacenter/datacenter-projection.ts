import type { DatacenterId } from '../../shared/domain/index.ts'
import type { LiveTopics, TopicFrame } from '../engine/index.ts'
import type { StorageManagers } from '../storage/index.ts'
import { buildDatacenter } from './build-datacenter.ts'
import type { DatacenterStore } from './datacenter-store.ts'

export interface DatacenterProjectionOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly store: Pick<DatacenterStore, 'records'>
  readonly managers: Pick<StorageManagers, 'managerOf' | 'onChange'>
}

/**
 * Makes the topic `datacenters` of what is stored, of its storage domains, and of the topic `clusters`, which changes with all that
 * a datacenter shows of its hosts and VMs. It follows them as a client does: in batches.
 */
export class DatacenterProjection {
  readonly #options: DatacenterProjectionOptions
  readonly #ends: readonly (() => void)[]

  constructor(options: DatacenterProjectionOptions) {
    this.#options = options
    const { topics, managers } = options
    this.#ends = [
      topics.subscribe({ topic: 'clusters' }, (frame) => this.#onFrame(frame)).unsubscribe,
      topics.subscribe({ topic: 'storage-domains' }, (frame) => this.#onFrame(frame)).unsubscribe,
      managers.onChange((datacenterId) => this.update(datacenterId)),
    ]
  }

  /** Shows a datacenter as it is stored now, or takes it away. */
  update(datacenterId: DatacenterId): void {
    const { topics, store, managers } = this.#options
    const datacenters = topics.collection('datacenters')
    const definition = store.records.get(datacenterId)
    if (definition === undefined) {
      datacenters.remove(datacenterId)
      return
    }
    const clusters = topics.collection('clusters').entities.where('datacenterId', datacenterId)
    const { entities } = topics.collection('hosts')
    const hosts = clusters.flatMap(({ id }) => entities.where('clusterId', id))
    const domains = topics.collection('storage-domains').entities.where('datacenterId', datacenterId)
    const storageManager = managers.managerOf(datacenterId)
    datacenters.upsert(buildDatacenter({ definition, clusters, hosts, domains, storageManager }))
  }

  stop(): void {
    for (const end of this.#ends) end()
  }

  /** There are few datacenters, and what went does not say where it was. */
  #onFrame(frame: TopicFrame): void {
    if (frame.t === 'closed') return
    for (const datacenterId of this.#options.store.records.keys()) this.update(datacenterId)
  }
}
