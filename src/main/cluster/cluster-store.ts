import type { ClusterId, ClusterSettingsChanges } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { ClusterRecord, Inventory } from '../inventory/index.ts'
import type { NetworksOfOthers } from '../network/index.ts'

export interface ClusterStoreOptions {
  readonly inventory: Pick<Inventory, 'clusters' | 'edits' | 'transaction'>
  /** Every cluster has the network that its datacenter came with. */
  readonly networks: Pick<NetworksOfOthers, 'addCluster' | 'forgetCluster'>
  readonly clock: Clock
  /** A cluster was added, changed or removed. */
  readonly onChange: (clusterId: ClusterId) => void
}

/** What an edit changes. Fields that are not named stay. */
export interface ClusterChanges {
  readonly name?: string | undefined
  readonly settings: ClusterSettingsChanges
}

/** The clusters as they are stored, and in memory. Each change is stored first. */
export class ClusterStore {
  readonly #options: ClusterStoreOptions
  readonly #records = new Map<ClusterId, ClusterRecord>()

  constructor(options: ClusterStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<ClusterId, ClusterRecord> {
    return this.#records
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.clusters.fetchAll()) this.#put(record)
  }

  async add(record: ClusterRecord): Promise<void> {
    await this.#options.networks.addCluster(record, ({ clusters }) => clusters.save(record))
    this.#put(record)
  }

  /** Errors: cluster.not-found; cluster.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    clusterId: ClusterId,
    changes: ClusterChanges,
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.#records.get(clusterId)
    if (before === undefined) throw new AppError('cluster.not-found', { clusterId })
    const { revision: current, name } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(clusterId, base)
    const conflict = decideEditConflict('cluster.changed-meanwhile', name, { base, current }, since)
    if (conflict !== null) throw conflict
    const { after, fields } = decideClusterEdit(before, changes)
    if (fields.length === 0) return
    await inventory.transaction(async ({ clusters, edits }) => {
      await clusters.save(after)
      await edits.add({ entityId: clusterId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.#put(after)
  }

  async remove(clusterId: ClusterId): Promise<void> {
    await this.#options.inventory.transaction(async ({ clusters, edits }) => {
      await clusters.remove(clusterId)
      await edits.removeAll(clusterId)
    })
    this.#records.delete(clusterId)
    this.#options.networks.forgetCluster(clusterId)
    this.#options.onChange(clusterId)
  }

  #put(record: ClusterRecord): void {
    this.#records.set(record.id, record)
    this.#options.onChange(record.id)
  }
}

/** What a cluster becomes by an edit, and which fields that changes; none: it is the same as before. Pure. */
export function decideClusterEdit(
  before: ClusterRecord,
  { name = before.name, settings }: ClusterChanges,
): { readonly after: ClusterRecord; readonly fields: readonly string[] } {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  const after = { ...before, name, settings: { ...before.settings, ...given }, revision: before.revision + 1 }
  const differs = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other)
  const fields = Object.keys(after.settings)
    .map((field) => field as keyof typeof after.settings)
    .filter((field) => differs(before.settings[field], after.settings[field]))
  return { after, fields: before.name === name ? fields : ['name', ...fields] }
}
