import type { StorageDomainDefinition, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { Inventory, StorageDomainRecord } from '../inventory/index.ts'

export interface StorageDomainStoreOptions {
  readonly inventory: Pick<Inventory, 'storageDomains' | 'edits' | 'transaction'>
  readonly clock: Clock
  /** A domain was added, changed or removed. */
  readonly onChange: (storageDomainId: StorageDomainId) => void
}

/** What an edit changes. Fields that are not named stay. */
export type StorageDomainChanges = {
  readonly [Field in (typeof EDITED_FIELDS)[number]]?: StorageDomainDefinition[Field] | undefined
}

const EDITED_FIELDS = ['name', 'description', 'warningFreePercent', 'criticalFreeBytes', 'storage'] as const

/** The storage domains as they are stored, and in memory. Each change is stored first. */
export class StorageDomainStore {
  readonly #options: StorageDomainStoreOptions
  readonly #records = new Map<StorageDomainId, StorageDomainRecord>()

  constructor(options: StorageDomainStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<StorageDomainId, StorageDomainRecord> {
    return this.#records
  }

  /** Throws storage.not-found. */
  get(storageDomainId: StorageDomainId): StorageDomainRecord {
    const record = this.#records.get(storageDomainId)
    if (record === undefined) throw new AppError('storage.not-found', { storageDomainId })
    return record
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.storageDomains.fetchAll()) this.#put(record)
  }

  async add(record: StorageDomainRecord): Promise<void> {
    await this.#options.inventory.storageDomains.save(record)
    this.#put(record)
  }

  /** Changes what no person edits. Several are stored together. */
  async change(changes: ReadonlyMap<StorageDomainId, Partial<StorageDomainRecord>>): Promise<void> {
    const after = [...changes].map(([id, change]) => ({ ...this.get(id), ...change }))
    await this.#options.inventory.transaction(async ({ storageDomains }) => {
      for (const record of after) await storageDomains.save(record)
    })
    for (const record of after) this.#put(record)
  }

  /** Errors: storage.not-found; storage.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    storageDomainId: StorageDomainId,
    changes: StorageDomainChanges,
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.get(storageDomainId)
    const { revision: current, name } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(storageDomainId, base)
    const conflict = decideEditConflict('storage.changed-meanwhile', name, { base, current }, since)
    if (conflict !== null) throw conflict
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const after = { ...before, ...given, revision: current + 1 }
    const fields = EDITED_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    if (fields.length === 0) return
    await inventory.transaction(async ({ storageDomains, edits }) => {
      await storageDomains.save(after)
      await edits.add({ entityId: storageDomainId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.#put(after)
  }

  async remove(storageDomainId: StorageDomainId): Promise<void> {
    await this.#options.inventory.transaction(async ({ storageDomains, edits }) => {
      await storageDomains.remove(storageDomainId)
      await edits.removeAll(storageDomainId)
    })
    this.#records.delete(storageDomainId)
    this.#options.onChange(storageDomainId)
  }

  #put(record: StorageDomainRecord): void {
    this.#records.set(record.id, record)
    this.#options.onChange(record.id)
  }
}
