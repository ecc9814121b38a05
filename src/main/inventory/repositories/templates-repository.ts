import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import {
  type DatacenterId,
  type TemplateDefinition,
  type TemplateId,
  templateDiskSchema,
  templateHardwareSchema,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

export interface TemplatesRepository {
  /** In the order in which they were made. */
  fetchAll(): Promise<readonly TemplateDefinition[]>
  /** Adds or replaces by id. Two of a template cannot be the same version (the database refuses). */
  save(template: TemplateDefinition): Promise<void>
  remove(id: TemplateId): Promise<void>
}

/** What a machine is like of a template whose own word cannot be read any more. */
const UNREADABLE = {
  memoryMiB: 1024,
  vcpus: 1,
  operatingSystem: null,
  architecture: null,
  machineType: null,
  firmware: null,
  tpm: false,
  clock: null,
  video: null,
  nics: [],
}

export function createTemplatesRepository(database: Kysely<Tables>): TemplatesRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('templates').selectAll().orderBy(sql`rowid`).execute()
      return rows.map((row) => ({
        id: row.id as TemplateId,
        datacenterId: row.datacenter_id as DatacenterId,
        baseId: row.base_id as TemplateId,
        version: row.version,
        versionName: row.version_name,
        name: row.name,
        description: row.description,
        sealed: row.sealed === 1,
        hardware: templateHardwareSchema.catch(UNREADABLE).parse(parseJson(row.hardware_json)),
        disks: z.array(templateDiskSchema).catch([]).parse(parseJson(row.disks_json)),
        createdFrom: row.created_from,
        createdAt: row.created_at,
        revision: row.revision,
      }))
    },
    save: async (template) => {
      const changes = {
        datacenter_id: template.datacenterId,
        base_id: template.baseId,
        version: template.version,
        version_name: template.versionName,
        name: template.name,
        description: template.description,
        sealed: template.sealed ? 1 : 0,
        hardware_json: JSON.stringify(template.hardware),
        disks_json: JSON.stringify(template.disks),
        created_from: template.createdFrom,
        revision: template.revision,
        created_at: template.createdAt,
      }
      await database
        .insertInto('templates')
        .values({ id: template.id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('templates').where('id', '=', id).execute()
    },
  }
}
