import type { NetworkId, VnicProfileDefinition, VnicProfileId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { Inventory, VnicProfileRecord } from '../inventory/index.ts'

export interface VnicProfileStoreOptions {
  readonly inventory: Pick<Inventory, 'vnicProfiles' | 'edits' | 'transaction'>
  readonly clock: Clock
  /** A profile was added, changed or removed. */
  readonly onChange: (vnicProfileId: VnicProfileId, networkId: NetworkId) => void
}

/** What an edit changes. Fields that are not named stay. */
export type VnicProfileChanges = {
  readonly [Field in (typeof EDITED_FIELDS)[number]]?: VnicProfileDefinition[Field] | undefined
}

const EDITED_FIELDS = [
  'name',
  'description',
  'portMirroring',
  'filter',
  'passthrough',
  'qos',
  'macSpoofing',
  'trunk',
] as const

/** The vNIC profiles as they are stored, and in memory. Each change is stored first. */
export class VnicProfileStore {
  readonly #options: VnicProfileStoreOptions
  readonly #records = new Map<VnicProfileId, VnicProfileRecord>()

  constructor(options: VnicProfileStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<VnicProfileId, VnicProfileRecord> {
    return this.#records
  }

  ofNetwork(networkId: NetworkId): readonly VnicProfileRecord[] {
    return [...this.#records.values()].filter((record) => record.networkId === networkId)
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.vnicProfiles.fetchAll()) this.remember(record)
  }

  async add(record: VnicProfileRecord): Promise<void> {
    await this.#options.inventory.vnicProfiles.save(record)
    this.remember(record)
  }

  /** Errors: vnic-profile.not-found; vnic-profile.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    vnicProfileId: VnicProfileId,
    changes: VnicProfileChanges,
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.#records.get(vnicProfileId)
    if (before === undefined) throw new AppError('vnic-profile.not-found', { vnicProfileId })
    const { revision: current, name } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(vnicProfileId, base)
    const conflict = decideEditConflict('vnic-profile.changed-meanwhile', name, { base, current }, since)
    if (conflict !== null) throw conflict
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const after: VnicProfileRecord = { ...before, ...given, revision: current + 1 }
    const fields = EDITED_FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    if (fields.length === 0) return
    await inventory.transaction(async ({ vnicProfiles, edits }) => {
      await vnicProfiles.save(after)
      await edits.add({ entityId: vnicProfileId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.remember(after)
  }

  async remove(vnicProfileId: VnicProfileId): Promise<void> {
    await this.#options.inventory.transaction(async ({ vnicProfiles, edits }) => {
      await vnicProfiles.remove(vnicProfileId)
      await edits.removeAll(vnicProfileId)
    })
    this.forget(vnicProfileId)
  }

  /** It was stored together with something else. */
  remember(record: VnicProfileRecord): void {
    this.#records.set(record.id, record)
    this.#options.onChange(record.id, record.networkId)
  }

  /** It went from the inventory, alone or with its network. */
  forget(vnicProfileId: VnicProfileId): void {
    const record = this.#records.get(vnicProfileId)
    if (record === undefined) return
    this.#records.delete(vnicProfileId)
    this.#options.onChange(vnicProfileId, record.networkId)
  }
}
