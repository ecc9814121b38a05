import { type Kysely, type Selectable, sql } from 'kysely'
import {
  type DiskDefinition,
  type DiskId,
  diskFormatSchema,
  type StorageDomainId,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'

export interface DiskRecord extends DiskDefinition {
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface DisksRepository {
  /** In the order in which they were registered. */
  fetchAll(): Promise<readonly DiskRecord[]>
  /** Adds or replaces by id. A file of a domain is one disk (the database refuses a second). */
  save(disk: DiskRecord): Promise<void>
  remove(id: DiskId): Promise<void>
}

export function createDisksRepository(database: Kysely<Tables>): DisksRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('disks').selectAll().orderBy(sql`rowid`).execute()
      return rows.map(fromRow)
    },
    save: async (disk) => {
      const { id, ...changes } = toRow(disk)
      await database
        .insertInto('disks')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('disks').where('id', '=', id).execute()
    },
  }
}

function fromRow(row: Selectable<Tables['disks']>): DiskRecord {
  return {
    id: row.id as DiskId,
    storageDomainId: row.storage_domain_id as StorageDomainId,
    fileName: row.file_name,
    alias: row.alias,
    description: row.description,
    kind: row.kind,
    format: diskFormatSchema.catch('unknown').parse(row.format),
    virtualBytes: row.virtual_bytes,
    shareable: row.shareable === 1,
    readOnly: row.read_only === 1,
    discard: row.discard === 1,
    revision: row.revision,
    createdAt: row.created_at,
  }
}

function toRow(disk: DiskRecord): Tables['disks'] {
  return {
    id: disk.id,
    storage_domain_id: disk.storageDomainId,
    file_name: disk.fileName,
    alias: disk.alias,
    description: disk.description,
    kind: disk.kind,
    format: disk.format,
    virtual_bytes: disk.virtualBytes,
    shareable: disk.shareable ? 1 : 0,
    read_only: disk.readOnly ? 1 : 0,
    discard: disk.discard ? 1 : 0,
    revision: disk.revision,
    created_at: disk.createdAt,
  }
}
