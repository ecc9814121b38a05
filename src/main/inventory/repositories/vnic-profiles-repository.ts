import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import {
  type NetworkId,
  type VnicProfileDefinition,
  type VnicProfileId,
  vnicQosSchema,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

export interface VnicProfileRecord extends VnicProfileDefinition {
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface VnicProfilesRepository {
  /** In the order in which they were created. */
  fetchAll(): Promise<readonly VnicProfileRecord[]>
  /** Adds or replaces by id. Two of a network cannot have one name (the database refuses). */
  save(profile: VnicProfileRecord): Promise<void>
  remove(id: VnicProfileId): Promise<void>
}

export function createVnicProfilesRepository(database: Kysely<Tables>): VnicProfilesRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('vnic_profiles').selectAll().orderBy(sql`rowid`).execute()
      return rows.map((row) => ({
        id: row.id as VnicProfileId,
        networkId: row.network_id as NetworkId,
        name: row.name,
        description: row.description,
        portMirroring: row.port_mirroring === 1,
        filter: row.filter,
        passthrough: row.passthrough === 1,
        qos: vnicQosSchema.catch({ inbound: null, outbound: null }).parse(parseJson(row.qos_json)),
        macSpoofing: row.mac_spoofing === 1,
        trunk: row.trunk === 1,
        revision: row.revision,
        createdAt: row.created_at,
      }))
    },
    save: async (profile) => {
      const changes = {
        network_id: profile.networkId,
        name: profile.name,
        description: profile.description,
        port_mirroring: profile.portMirroring ? 1 : 0,
        filter: profile.filter,
        passthrough: profile.passthrough ? 1 : 0,
        qos_json: JSON.stringify(profile.qos),
        mac_spoofing: profile.macSpoofing ? 1 : 0,
        trunk: profile.trunk ? 1 : 0,
        revision: profile.revision,
        created_at: profile.createdAt,
      }
      await database
        .insertInto('vnic_profiles')
        .values({ id: profile.id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
    },
    remove: async (id) => {
      await database.deleteFrom('vnic_profiles').where('id', '=', id).execute()
    },
  }
}
