import type { DiskDefinition, DiskId, StorageDomainId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { DiskRecord, Inventory } from '../inventory/index.ts'

export interface DiskStoreOptions {
  readonly inventory: Pick<Inventory, 'disks' | 'edits' | 'transaction'>
  readonly clock: Clock
  readonly onChange: (storageDomainId: StorageDomainId) => void
}

const EDITED_FIELDS = ['alias', 'description', 'shareable', 'readOnly', 'discard', 'virtualBytes'] as const
export type DiskChanges = { readonly [Field in (typeof EDITED_FIELDS)[number]]?: DiskDefinition[Field] | undefined }

/** The registered disks as they are stored, and in memory. Each change is stored first. */
export class DiskStore {
  readonly #options: DiskStoreOptions
  readonly #records = new Map<DiskId, DiskRecord>()

  constructor(options: DiskStoreOptions) {
    this.#options = options
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.disks.fetchAll()) this.#put(record)
  }

  ofDomain(storageDomainId: StorageDomainId): readonly DiskRecord[] {
    return [...this.#records.values()].filter((record) => record.storageDomainId === storageDomainId)
  }

  get(diskId: DiskId): DiskRecord | undefined {
    return this.#records.get(diskId)
  }

  /** Adds one, or replaces it. */
  async save(definition: Omit<DiskRecord, 'createdAt'>): Promise<void> {
    const createdAt = this.#records.get(definition.id)?.createdAt ?? this.#options.clock.now()
    const record = { ...definition, createdAt }
    await this.#options.inventory.disks.save(record)
    this.#put(record)
  }

  /** Errors: disk.not-found; disk.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    diskId: DiskId,
    changes: DiskChanges,
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.#records.get(diskId)
    if (before === undefined) throw new AppError('disk.not-found', { diskId })
    const { base } = by
    const current = before.revision
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(diskId, base)
    const conflict = decideEditConflict('disk.changed-meanwhile', before.alias, { base, current }, since)
    if (conflict !== null) throw conflict
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const after: DiskRecord = { ...before, ...given, revision: current + 1 }
    const fields = EDITED_FIELDS.filter((field) => before[field] !== after[field])
    if (fields.length === 0) return
    await inventory.transaction(async ({ disks, edits }) => {
      await disks.save(after)
      await edits.add({ entityId: diskId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.#put(after)
  }

  async remove(diskId: DiskId): Promise<void> {
    const record = this.#records.get(diskId)
    await this.#options.inventory.transaction(async ({ disks, edits }) => {
      await disks.remove(diskId)
      await edits.removeAll(diskId)
    })
    this.#records.delete(diskId)
    if (record !== undefined) this.#options.onChange(record.storageDomainId)
  }

  /** A domain was forgotten, and its disks with it by the inventory. */
  forgetDomain(storageDomainId: StorageDomainId): void {
    for (const { id } of this.ofDomain(storageDomainId)) this.#records.delete(id)
  }

  #put(record: DiskRecord): void {
    this.#records.set(record.id, record)
    this.#options.onChange(record.storageDomainId)
  }
}
