import type { HostId, StorageDomainId, StorageDomainStatus, Task } from '../../shared/domain/index.ts'
import type { Clock, LiveTopics } from '../engine/index.ts'
import { buildStorageDomain } from './build-storage-domain.ts'
import { type DomainWork, decideStorageDomainStatus } from './decide-storage-domain-status.ts'
import type { DomainConnections } from './domain-connections.ts'
import type { DomainOwners } from './domain-owners.ts'
import type { StorageDomainStore } from './storage-domain-store.ts'

export interface StorageProjectionOptions {
  readonly topics: Pick<LiveTopics, 'collection' | 'subscribe'>
  readonly store: Pick<StorageDomainStore, 'records'>
  readonly connections: () => Pick<DomainConnections, 'of' | 'spaceOf' | 'troubleOf' | 'wasReached'>
  readonly owners: () => Pick<DomainOwners, 'of'>
  readonly patienceMs: () => number
  readonly clock: Clock
  /** It has another status now. */
  readonly onStatus: (
    storageDomainId: StorageDomainId,
    status: StorageDomainStatus,
    before: StorageDomainStatus | null,
  ) => void
}

/** What the commands make of a domain's status while they are at work. */
const WORKS: Readonly<Record<string, DomainWork>> = {
  'storage.create': 'locked',
  'storage.import': 'locked',
  'storage.attach': 'locked',
  'storage.remove': 'locked',
  'storage.destroy': 'locked',
  'storage.activate': 'activating',
  'storage.maintenance': 'preparing-for-maintenance',
  'storage.detach': 'detaching',
}
const AT_WORK: ReadonlySet<Task['status']> = new Set(['running', 'undoing'])

/** Makes the topic `storage-domains` of what is stored, of what is at work, and of what each host sees. */
export class StorageProjection {
  readonly #options: StorageProjectionOptions
  readonly #since = new Map<StorageDomainId, { readonly status: StorageDomainStatus; readonly at: number }>()
  readonly #works = new Map<StorageDomainId, DomainWork>()
  /** Of an operation that is about a domain whose id it had to find out. */
  readonly #found = new Map<StorageDomainId, string>()
  readonly #unsubscribe: readonly (() => void)[]

  constructor(options: StorageProjectionOptions) {
    this.#options = options
    const { topics } = options
    this.#unsubscribe = [
      topics.subscribe({ topic: 'operations' }, () => this.#onOperations()).unsubscribe,
      topics.subscribe({ topic: 'hosts' }, () => this.#updateAll()).unsubscribe,
      topics.subscribe({ topic: 'disks' }, () => this.#updateAll()).unsubscribe,
    ]
  }

  /** What an operation does with a domain now; null: nothing. */
  workOf(storageDomainId: StorageDomainId): DomainWork | null {
    const work = findWork(this.#options.topics, storageDomainId)
    if (work !== null) return work
    const operationId = this.#found.get(storageDomainId)
    const task =
      operationId === undefined ? undefined : this.#options.topics.collection('operations').entities.get(operationId)
    return task !== undefined && AT_WORK.has(task.status) ? (WORKS[task.command] ?? null) : null
  }

  /** An operation found out that it is about this domain. */
  claim(storageDomainId: StorageDomainId, operationId: string): void {
    this.#found.set(storageDomainId, operationId)
  }

  /** Shows a domain as it is now, or takes it away. */
  update(storageDomainId: StorageDomainId): void {
    const { topics, store, connections, owners, clock, patienceMs, onStatus } = this.#options
    const collection = topics.collection('storage-domains')
    const record = store.records.get(storageDomainId)
    if (record === undefined) {
      this.#since.delete(storageDomainId)
      this.#found.delete(storageDomainId)
      collection.remove(storageDomainId)
      return
    }
    const seen = connections().of(storageDomainId)
    const isReached = seen.some(({ status }) => status === 'connected')
    const status = decideStorageDomainStatus({
      isAttached: record.datacenterId !== null,
      work: this.workOf(storageDomainId),
      wishedActive: record.wishedActive,
      connections: seen.map((connection) => connection.status),
      troubleMs: isReached
        ? null
        : this.#troubleMs(
            storageDomainId,
            seen.map(({ hostId }) => hostId),
          ),
      wasReached: connections().wasReached(storageDomainId),
      patienceMs: patienceMs(),
    })
    const before = this.#since.get(storageDomainId)
    const since = before?.status === status ? before : { status, at: clock.now() }
    this.#since.set(storageDomainId, since)
    collection.upsert(
      buildStorageDomain({
        record,
        status,
        statusSince: since.at,
        connections: seen,
        space: connections().spaceOf(storageDomainId),
        owner: owners().of(storageDomainId),
        disks: topics.collection('disks').entities.where('storageDomainId', storageDomainId),
      }),
    )
    if (before?.status !== status) onStatus(storageDomainId, status, before?.status ?? null)
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  /** Since the last of them failed: until then another one reached it. */
  #troubleMs(storageDomainId: StorageDomainId, hostIds: readonly HostId[]): number | null {
    const troubles = hostIds.map((hostId) => this.#options.connections().troubleOf(storageDomainId, hostId))
    const times = troubles.filter((trouble) => trouble !== null).map(({ forMs }) => forMs)
    return times.length === 0 ? null : Math.min(...times)
  }

  #onOperations(): void {
    for (const id of this.#options.store.records.keys()) {
      const work = this.workOf(id)
      if (this.#works.get(id) === work || (work === null && !this.#works.has(id))) continue
      if (work === null) this.#works.delete(id)
      else this.#works.set(id, work)
      this.update(id)
    }
  }

  #updateAll(): void {
    for (const id of this.#options.store.records.keys()) this.update(id)
  }
}

function findWork(topics: StorageProjectionOptions['topics'], storageDomainId: StorageDomainId): DomainWork | null {
  for (const { subject, status, command } of topics.collection('operations').entities.values()) {
    if (subject.kind !== 'storage-domain' || subject.id !== storageDomainId || !AT_WORK.has(status)) continue
    const work = WORKS[command]
    if (work !== undefined) return work
  }
  return null
}
