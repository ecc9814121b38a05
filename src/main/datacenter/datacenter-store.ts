import type { DatacenterId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { DatacenterRecord, Inventory } from '../inventory/index.ts'
import type { NetworksOfOthers } from '../network/index.ts'

export interface DatacenterStoreOptions {
  readonly inventory: Pick<Inventory, 'datacenters' | 'edits' | 'transaction'>
  /** Every datacenter comes with a network. */
  readonly networks: Pick<NetworksOfOthers, 'addDatacenter' | 'forgetDatacenter'>
  readonly clock: Clock
  /** A datacenter was added, changed or removed. */
  readonly onChange: (datacenterId: DatacenterId) => void
}

const EDITED_FIELDS = ['name', 'description'] as const

/** The datacenters as they are stored, and in memory. Each change is stored first. */
export class DatacenterStore {
  readonly #options: DatacenterStoreOptions
  readonly #records = new Map<DatacenterId, DatacenterRecord>()

  constructor(options: DatacenterStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<DatacenterId, DatacenterRecord> {
    return this.#records
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.datacenters.fetchAll()) this.#put(record)
  }

  async add(record: DatacenterRecord): Promise<void> {
    await this.#options.networks.addDatacenter(record.id, ({ datacenters }) => datacenters.save(record))
    this.#put(record)
  }

  /** Errors: datacenter.not-found; datacenter.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    datacenterId: DatacenterId,
    changes: { readonly name?: string | undefined; readonly description?: string | undefined },
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.#records.get(datacenterId)
    if (before === undefined) throw new AppError('datacenter.not-found', { datacenterId })
    const { revision: current, name } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(datacenterId, base)
    const conflict = decideEditConflict('datacenter.changed-meanwhile', name, { base, current }, since)
    if (conflict !== null) throw conflict
    const after = {
      ...before,
      name: changes.name ?? before.name,
      description: changes.description ?? before.description,
      revision: current + 1,
    }
    const fields = EDITED_FIELDS.filter((field) => before[field] !== after[field])
    if (fields.length === 0) return
    await inventory.transaction(async ({ datacenters, edits }) => {
      await datacenters.save(after)
      await edits.add({ entityId: datacenterId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.#put(after)
  }

  async remove(datacenterId: DatacenterId): Promise<void> {
    await this.#options.inventory.transaction(async ({ datacenters, edits }) => {
      await datacenters.remove(datacenterId)
      await edits.removeAll(datacenterId)
    })
    this.#records.delete(datacenterId)
    this.#options.networks.forgetDatacenter(datacenterId)
    this.#options.onChange(datacenterId)
  }

  #put(record: DatacenterRecord): void {
    this.#records.set(record.id, record)
    this.#options.onChange(record.id)
  }
}
