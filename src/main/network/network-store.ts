import type { ClusterId, DatacenterId, NetworkDefinition, NetworkId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type {
  ClusterNetworkKey,
  Inventory,
  NetworkRecord,
  Repositories,
  VnicProfileRecord,
} from '../inventory/index.ts'

export interface NetworkStoreOptions {
  readonly inventory: Pick<Inventory, 'networks' | 'edits' | 'transaction'>
  readonly clock: Clock
  /** A network was added, changed or removed. */
  readonly onChange: (networkId: NetworkId) => void
}

/** What an edit changes. Fields that are not named stay. */
export type NetworkChanges = {
  readonly [Field in (typeof EDITED_FIELDS)[number]]?: NetworkDefinition[Field] | undefined
}

/** What else is stored in the same transaction. */
export type StoredAlong = (repositories: Repositories) => Promise<void>

const EDITED_FIELDS = ['name', 'description', 'comment', 'vlanId', 'mtu', 'vmNetwork'] as const

/** The logical networks as they are stored, and in memory. Each change is stored first. */
export class NetworkStore {
  readonly #options: NetworkStoreOptions
  readonly #records = new Map<NetworkId, NetworkRecord>()
  /** Apart from the records: it changes by itself while these are edited. */
  readonly #operational = new Set<string>()

  constructor(options: NetworkStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<NetworkId, NetworkRecord> {
    return this.#records
  }

  /** Throws network.not-found. */
  get(networkId: NetworkId): NetworkRecord {
    const record = this.#records.get(networkId)
    if (record === undefined) throw new AppError('network.not-found', { networkId })
    return record
  }

  ofDatacenter(datacenterId: DatacenterId): readonly NetworkRecord[] {
    return [...this.#records.values()].filter((record) => record.datacenterId === datacenterId)
  }

  ofCluster(clusterId: ClusterId): readonly NetworkRecord[] {
    return [...this.#records.values()].filter(({ clusters }) => clusters.some((one) => one.clusterId === clusterId))
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    const { networks } = this.#options.inventory
    for (const key of await networks.fetchOperational()) this.#operational.add(keyOf(key))
    for (const record of await networks.fetchAll()) this.#put(record)
  }

  isOperational(key: ClusterNetworkKey): boolean {
    return this.#operational.has(keyOf(key))
  }

  /** Holds from now on; the promise says when it is stored. Errors: those of the inventory. */
  async setOperational(key: ClusterNetworkKey, operational: boolean): Promise<void> {
    if (operational) this.#operational.add(keyOf(key))
    else this.#operational.delete(keyOf(key))
    await this.#options.inventory.networks.saveOperational(key, operational)
  }

  /** Stores networks as they are to be, all of them or none, with what comes `before` and `after` them. */
  async save(
    records: readonly NetworkRecord[],
    along: { readonly before?: StoredAlong; readonly after?: StoredAlong } = {},
  ): Promise<void> {
    await this.#options.inventory.transaction(async (repositories) => {
      await along.before?.(repositories)
      for (const record of records) await repositories.networks.save(record)
      await along.after?.(repositories)
    })
    for (const record of records) this.#put(record)
  }

  /** Errors: network.not-found; network.changed-meanwhile when it is not any more what the edit was begun on. */
  async edit(
    networkId: NetworkId,
    changes: NetworkChanges,
    by: { readonly user: string; readonly base: number | undefined },
    profiles: { readonly added: readonly VnicProfileRecord[]; readonly removed: readonly VnicProfileRecord[] },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.get(networkId)
    const { revision: current, name } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(networkId, base)
    const conflict = decideEditConflict('network.changed-meanwhile', name, { base, current }, since)
    if (conflict !== null) throw conflict
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const edited: NetworkRecord = { ...before, ...given, revision: current + 1 }
    const fields = EDITED_FIELDS.filter((field) => before[field] !== edited[field])
    if (fields.length === 0) return
    const after = edited.vmNetwork ? edited : withoutVmRole(edited)
    await inventory.transaction(async ({ networks, vnicProfiles, edits }) => {
      await networks.save(after)
      for (const profile of profiles.added) await vnicProfiles.save(profile)
      for (const { id } of profiles.removed) await vnicProfiles.remove(id)
      await edits.add({ entityId: networkId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    this.#put(after)
  }

  async remove(networkId: NetworkId): Promise<void> {
    await this.#options.inventory.transaction(async ({ networks, edits }) => {
      await networks.remove(networkId)
      await edits.removeAll(networkId)
    })
    this.forget(networkId)
  }

  /** It went from the inventory together with its datacenter. */
  forget(networkId: NetworkId): void {
    this.#records.delete(networkId)
    this.#options.onChange(networkId)
  }

  /** The cluster went from the inventory, and what it had with it. */
  forgetCluster(clusterId: ClusterId): void {
    for (const record of this.ofCluster(clusterId)) {
      this.#put({ ...record, clusters: record.clusters.filter((one) => one.clusterId !== clusterId) })
    }
  }

  #put(record: NetworkRecord): void {
    for (const { clusterId, required } of this.#records.get(record.id)?.clusters ?? []) {
      const now = record.clusters.find((one) => one.clusterId === clusterId)
      if (now?.required !== required) this.#operational.delete(keyOf({ networkId: record.id, clusterId }))
    }
    this.#records.set(record.id, record)
    this.#options.onChange(record.id)
  }
}

function keyOf({ networkId, clusterId }: ClusterNetworkKey): string {
  return `${networkId} ${clusterId}`
}

function withoutVmRole(record: NetworkRecord): NetworkRecord {
  const clusters = record.clusters.map((one) => ({ ...one, roles: one.roles.filter((role) => role !== 'vm') }))
  return { ...record, clusters }
}
