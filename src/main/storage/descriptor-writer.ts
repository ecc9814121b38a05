import type { DatacenterId, StorageDomainId } from '../../shared/domain/index.ts'
import type { HostLink } from '../hosts/index.ts'
import type { StorageDomainRecord } from '../inventory/index.ts'
import { poolOf } from './domain-pool.ts'
import type { DomainDescriptor, EngineIdentity, HostCallOptions, OnHost } from './on-host/types.ts'
import type { StorageDomainStore } from './storage-domain-store.ts'

/** The version of `domain.json` that is written. */
const FORMAT = 1

export interface DescriptorWriterOptions {
  readonly onHost: Pick<OnHost, 'writeDescriptor'>
  readonly engine: EngineIdentity
  readonly store: StorageDomainStore
  readonly datacenterName: (datacenterId: DatacenterId) => string
}

interface DescribeOptions extends HostCallOptions {
  readonly isNew?: boolean
}

/** Writes what domains say of themselves: one write at a time for each domain, each with a greater number. */
export class DescriptorWriter {
  readonly #options: DescriptorWriterOptions
  readonly #lines = new Map<StorageDomainId, Promise<void>>()

  constructor(options: DescriptorWriterOptions) {
    this.#options = options
  }

  /**
   * Writes a domain as it is stored now, with `changes` that are not stored yet. `isNew`: it has no owner yet; else it is only written while
   * this engine's name stands in its lock. Errors: storage.owned-elsewhere, and those of `OnHost.writeDescriptor`.
   */
  async write(
    storageDomainId: StorageDomainId,
    host: HostLink,
    options: DescribeOptions,
    changes: Partial<StorageDomainRecord> = {},
  ): Promise<void> {
    const before = this.#lines.get(storageDomainId) ?? Promise.resolve()
    const own = before.then(() => this.#write(storageDomainId, host, options, changes))
    // The next one waits for this one, whatever becomes of it.
    const line = own.catch(() => undefined)
    this.#lines.set(storageDomainId, line)
    await own
    if (this.#lines.get(storageDomainId) === line) this.#lines.delete(storageDomainId)
  }

  async #write(
    storageDomainId: StorageDomainId,
    host: HostLink,
    { signal, isNew = false }: DescribeOptions,
    changes: Partial<StorageDomainRecord>,
  ): Promise<void> {
    const { onHost, store } = this.#options
    const generation = store.get(storageDomainId).generation + 1
    await store.change(new Map([[storageDomainId, { generation }]]))
    const record = { ...store.get(storageDomainId), ...changes }
    await onHost.writeDescriptor(host, poolOf(record), this.describe(record), {
      signal,
      owner: isNew ? undefined : this.#options.engine,
    })
  }

  /** What a domain says of itself. */
  describe({
    id,
    type,
    name,
    description,
    datacenterId,
    isMaster,
    masterVersion,
    generation,
  }: StorageDomainRecord): DomainDescriptor {
    const { engine, datacenterName } = this.#options
    const datacenter = datacenterId === null ? null : { id: datacenterId, name: datacenterName(datacenterId) }
    return { format: FORMAT, id, type, name, description, datacenter, isMaster, masterVersion, generation, engine }
  }
}
