import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import {
  CLUSTER_SETTING_NAMES,
  type ClusterDefinition,
  type ClusterId,
  type ClusterSettings,
  clusterSettingsChangesSchema,
  clusterSettingsSchema,
  type DatacenterId,
  defaultClusterSettings,
  type MacRange,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

export interface ClusterRecord extends ClusterDefinition {
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface ClustersRepository {
  /** In the order in which they were created. */
  fetchAll(): Promise<readonly ClusterRecord[]>
  /** Adds or replaces by id. Two cannot have one name (the database refuses). */
  save(cluster: ClusterRecord): Promise<void>
  /** The CPU levels that were found, as JSON. */
  fetchCpuLevels(): Promise<ReadonlyMap<ClusterId, unknown>>
  saveCpuLevel(id: ClusterId, level: unknown): Promise<void>
  /** The database refuses while a host is in it. */
  remove(id: ClusterId): Promise<void>
}

/** oVirt's first block of addresses: for a cluster whose own range cannot be read any more. */
const FALLBACK_MAC_RANGE: MacRange = { from: '56:6f:00:00:00:00', to: '56:6f:00:00:ff:ff' }

export function createClustersRepository(database: Kysely<Tables>): ClustersRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('clusters').selectAll().orderBy(sql`rowid`).execute()
      return rows.map((row) => ({
        id: row.id as ClusterId,
        datacenterId: row.datacenter_id as DatacenterId,
        name: row.name,
        settings: readSettings(row.settings_json),
        revision: row.revision,
        createdAt: row.created_at,
      }))
    },
    save: async ({ id, datacenterId, name, settings, revision, createdAt }) => {
      const changes = {
        datacenter_id: datacenterId,
        name,
        settings_json: JSON.stringify(settings),
        revision,
        created_at: createdAt,
      }
      await database
        .insertInto('clusters')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    fetchCpuLevels: async () => {
      const query = database.selectFrom('clusters').select(['id', 'cpu_level_json'])
      const rows = await query.where('cpu_level_json', 'is not', null).execute()
      return new Map(rows.map((row) => [row.id as ClusterId, parseJson(row.cpu_level_json ?? '')]))
    },
    saveCpuLevel: async (id, level) => {
      const changes = { cpu_level_json: JSON.stringify(level) }
      await database.updateTable('clusters').set(changes).where('id', '=', id).execute()
    },
    remove: async (id) => {
      await database.deleteFrom('clusters').where('id', '=', id).execute()
    },
  }
}

/** Each setting by itself: one that is no longer valid has its default, and takes no other one along. */
function readSettings(json: string): ClusterSettings {
  const stored = (parseJson(json) ?? {}) as Readonly<Record<string, unknown>>
  const valid = CLUSTER_SETTING_NAMES.flatMap((name) => {
    const one = clusterSettingsChangesSchema.safeParse({ [name]: stored[name] })
    return one.success && stored[name] !== undefined ? [[name, one.data[name]]] : []
  })
  return clusterSettingsSchema.parse({
    ...defaultClusterSettings,
    macRange: FALLBACK_MAC_RANGE,
    ...Object.fromEntries(valid),
  })
}
