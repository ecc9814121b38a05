import { type Kysely, type Selectable, sql } from 'kysely'
import {
  type DatacenterId,
  domainStorageSchema,
  lockProofSchema,
  type StorageDomainDefinition,
  type StorageDomainId,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

/** A storage domain with what only the inventory knows of it. */
export interface StorageDomainRecord extends StorageDomainDefinition {
  /** The hosts of its datacenter are to have it; false: it is in maintenance. */
  readonly wishedActive: boolean
  /** Counted up with each write of its descriptor. */
  readonly generation: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface StorageDomainsRepository {
  /** In the order in which they came to be known. */
  fetchAll(): Promise<readonly StorageDomainRecord[]>
  /** Adds or replaces by id. Two cannot have one name (the database refuses). */
  save(domain: StorageDomainRecord): Promise<void>
  /** Forgets a domain with its registered disks. */
  remove(id: StorageDomainId): Promise<void>
  /** What this engine is called by the storage that it owns: made with the inventory, and never changed. */
  fetchEngineId(): Promise<string>
}

export function createStorageDomainsRepository(database: Kysely<Tables>): StorageDomainsRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('storage_domains').selectAll().orderBy(sql`rowid`).execute()
      return rows.map(fromRow)
    },
    save: async (domain) => {
      const { id, ...changes } = toRow(domain)
      await database
        .insertInto('storage_domains')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('storage_domains').where('id', '=', id).execute()
    },
    fetchEngineId: async () => (await database.selectFrom('engine').select('id').executeTakeFirstOrThrow()).id,
  }
}

function fromRow(row: Selectable<Tables['storage_domains']>): StorageDomainRecord {
  return {
    id: row.id as StorageDomainId,
    datacenterId: row.datacenter_id as DatacenterId | null,
    name: row.name,
    description: row.description,
    type: row.type,
    storage: domainStorageSchema.parse(parseJson(row.storage_json)),
    poolName: row.pool_name,
    targetPath: row.target_path,
    wishedActive: row.wished_active === 1,
    isMaster: row.is_master === 1,
    masterVersion: row.master_version,
    warningFreePercent: row.warning_free_percent,
    criticalFreeBytes: row.critical_free_bytes,
    locks: lockProofSchema.parse(parseJson(row.lock_proof_json)),
    generation: row.generation,
    revision: row.revision,
    createdAt: row.created_at,
  }
}

function toRow(domain: StorageDomainRecord): Tables['storage_domains'] {
  return {
    id: domain.id,
    datacenter_id: domain.datacenterId,
    name: domain.name,
    description: domain.description,
    type: domain.type,
    storage_json: JSON.stringify(domain.storage),
    pool_name: domain.poolName,
    target_path: domain.targetPath,
    wished_active: domain.wishedActive ? 1 : 0,
    is_master: domain.isMaster ? 1 : 0,
    master_version: domain.masterVersion,
    warning_free_percent: domain.warningFreePercent,
    critical_free_bytes: domain.criticalFreeBytes,
    lock_proof_json: JSON.stringify(domain.locks),
    generation: domain.generation,
    revision: domain.revision,
    created_at: domain.createdAt,
  }
}
