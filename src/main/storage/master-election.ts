import type { StorageDomainId } from '../../shared/domain/index.ts'
import { isAppError } from '../../shared/errors/index.ts'
import type { Log } from '../engine/index.ts'
import type { HostLink } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import type { DescriptorWriter } from './descriptor-writer.ts'
import type { HostCallOptions } from './on-host/types.ts'
import type { StorageDomainStore } from './storage-domain-store.ts'

export interface MasterElectionOptions {
  readonly store: StorageDomainStore
  readonly writer: DescriptorWriter
  readonly writerOf: (record: StorageDomainRecord) => HostLink | null
  readonly log: Log
}

/** Makes one data domain of a datacenter its master. What the domains say of themselves follows as soon as they can be written. */
export class MasterElection {
  readonly #options: MasterElectionOptions

  constructor(options: MasterElectionOptions) {
    this.#options = options
  }

  /** Errors: storage.not-found, and those of the inventory. */
  async elect(storageDomainId: StorageDomainId, options: HostCallOptions): Promise<void> {
    const { store } = this.#options
    const next = store.get(storageDomainId)
    const peers = [...store.records.values()].filter(({ datacenterId }) => datacenterId === next.datacenterId)
    const masterVersion = Math.max(...peers.map((peer) => peer.masterVersion)) + 1
    const former = peers.filter(({ id, isMaster }) => isMaster && id !== storageDomainId)
    await store.change(
      new Map<StorageDomainId, Partial<StorageDomainRecord>>([
        ...former.map(({ id }) => [id, { isMaster: false }] as const),
        [storageDomainId, { isMaster: true, masterVersion }],
      ]),
    )
    for (const { id } of [next, ...former]) await this.#describe(id, options)
  }

  /** The inventory says which one is master; a descriptor that could not be written is written when its domain is taken into use next. */
  async #describe(storageDomainId: StorageDomainId, options: HostCallOptions): Promise<void> {
    const { store, writer, writerOf, log } = this.#options
    const link = writerOf(store.get(storageDomainId))
    if (link === null) return
    try {
      await writer.write(storageDomainId, link, options)
    } catch (error) {
      if (!isAppError(error)) throw error
      log.warn({ err: error, storageDomainId }, 'a storage domain could not be told who is master')
    }
  }
}
