import { type Kysely, type Selectable, sql } from 'kysely'
import type { ClusterId, HostDefinition, HostId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'

/** A host as the inventory knows it: where it belongs and how it is reached. What it is, only the host itself can say. */
export interface HostRecord extends HostDefinition {
  /** Milliseconds since the epoch. */
  readonly addedAt: number
  /** The host's own UUID as libvirt tells it; null until it was asked. */
  readonly machineUuid: string | null
  /** Of its /etc/machine-id; null where it did not tell. */
  readonly machineIdDigest: string | null
  /** Counted up by each edit, from 1. */
  readonly revision: number
}

export interface HostsRepository {
  /** All hosts in the order in which they were added. */
  fetchAll(): Promise<readonly HostRecord[]>
  /** Adds or replaces by id. Two hosts cannot have one name (the database refuses). */
  save(host: HostRecord): Promise<void>
  /** Forgets a host and its last known VM definitions. */
  remove(id: HostId): Promise<void>
}

export function createHostsRepository(database: Kysely<Tables>): HostsRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('hosts').selectAll().orderBy(sql`rowid`).execute()
      return rows.map(fromRow)
    },
    save: async (host) => {
      const { id, ...changes } = toRow(host)
      await database
        .insertInto('hosts')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('hosts').where('id', '=', id).execute()
    },
  }
}

function fromRow(row: Selectable<Tables['hosts']>): HostRecord {
  if (row.cluster_id === null) throw new Error(`the host ${row.id} has no cluster`)
  return {
    id: row.id as HostId,
    clusterId: row.cluster_id as ClusterId,
    name: row.name,
    transport: row.transport,
    address: row.address,
    port: row.port,
    user: row.user,
    authentication: row.authentication,
    privateKeyPath: row.private_key_path,
    jumpHost: row.jump_host,
    libvirtMode: row.libvirt_mode,
    storageManagerPriority: row.storage_manager_priority,
    addedAt: row.added_at,
    machineUuid: row.machine_uuid,
    machineIdDigest: row.machine_id_digest,
    revision: row.revision,
  }
}

function toRow(host: HostRecord): Tables['hosts'] {
  return {
    id: host.id,
    cluster_id: host.clusterId,
    name: host.name,
    transport: host.transport,
    address: host.address,
    port: host.port,
    user: host.user,
    authentication: host.authentication,
    private_key_path: host.privateKeyPath,
    jump_host: host.jumpHost,
    libvirt_mode: host.libvirtMode,
    storage_manager_priority: host.storageManagerPriority,
    added_at: host.addedAt,
    machine_uuid: host.machineUuid,
    machine_id_digest: host.machineIdDigest,
    revision: host.revision,
  }
}
