import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import {
  type ClusterId,
  type ClusterNetworkDefinition,
  type DatacenterId,
  type NetworkDefinition,
  type NetworkId,
  networkRoleSchema,
} from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

/** A logical network with the clusters that have it. */
export interface NetworkRecord extends NetworkDefinition {
  readonly clusters: readonly ClusterNetworkDefinition[]
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** A network in a cluster. */
export interface ClusterNetworkKey {
  readonly networkId: NetworkId
  readonly clusterId: ClusterId
}

export interface NetworksRepository {
  /** In the order in which they were created. */
  fetchAll(): Promise<readonly NetworkRecord[]>
  /**
   * Adds or replaces by id. Two of a datacenter cannot have one name (the database refuses). Where a cluster asks for it otherwise
   * than before, it has still to become operational there.
   */
  save(network: NetworkRecord): Promise<void>
  /** Forgets a network with its vNIC profiles. */
  remove(id: NetworkId): Promise<void>
  /** Where a network is operational. */
  fetchOperational(): Promise<readonly ClusterNetworkKey[]>
  /** Nothing, where the cluster does not have it any more. */
  saveOperational(key: ClusterNetworkKey, operational: boolean): Promise<void>
}

export function createNetworksRepository(database: Kysely<Tables>): NetworksRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('networks').selectAll().orderBy(sql`rowid`).execute()
      const attached = await database.selectFrom('cluster_networks').selectAll().orderBy(sql`rowid`).execute()
      const byNetwork = Map.groupBy(attached, ({ network_id }) => network_id)
      return rows.map((row) => fromRow(row, byNetwork.get(row.id) ?? []))
    },
    save: async (network) => {
      const { id, ...changes } = toRow(network)
      await database
        .insertInto('networks')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute()
      const kept = network.clusters.map(({ clusterId }) => clusterId)
      const gone = database.deleteFrom('cluster_networks').where('network_id', '=', id)
      await (kept.length === 0 ? gone : gone.where('cluster_id', 'not in', kept)).execute()
      for (const { clusterId, required, roles } of network.clusters) {
        const asked = { required: required ? 1 : 0, roles_json: JSON.stringify(roles) }
        await database
          .insertInto('cluster_networks')
          .values({ network_id: id, cluster_id: clusterId, operational: 0, ...asked })
          .onConflict((conflict) =>
            conflict.columns(['network_id', 'cluster_id']).doUpdateSet({
              ...asked,
              operational: sql`iif(required = excluded.required, operational, 0)`,
            }),
          )
          .execute()
      }
    },
    remove: async (id) => {
      await database.deleteFrom('networks').where('id', '=', id).execute()
    },
    fetchOperational: async () => {
      const query = database.selectFrom('cluster_networks').select(['network_id', 'cluster_id'])
      const rows = await query.where('operational', '=', 1).execute()
      return rows.map(({ network_id, cluster_id }) => ({
        networkId: network_id as NetworkId,
        clusterId: cluster_id as ClusterId,
      }))
    },
    saveOperational: async ({ networkId, clusterId }, operational) => {
      await database
        .updateTable('cluster_networks')
        .set({ operational: operational ? 1 : 0 })
        .where('network_id', '=', networkId)
        .where('cluster_id', '=', clusterId)
        .execute()
    },
  }
}

function fromRow(
  row: Selectable<Tables['networks']>,
  clusters: readonly Selectable<Tables['cluster_networks']>[],
): NetworkRecord {
  return {
    id: row.id as NetworkId,
    datacenterId: row.datacenter_id as DatacenterId,
    name: row.name,
    description: row.description,
    comment: row.comment,
    vlanId: row.vlan_id,
    mtu: row.mtu,
    vmNetwork: row.vm_network === 1,
    bridgeName: row.bridge_name,
    isManagement: row.is_management === 1,
    revision: row.revision,
    createdAt: row.created_at,
    clusters: clusters.map(({ cluster_id, required, roles_json }) => ({
      clusterId: cluster_id as ClusterId,
      required: required === 1,
      roles: networkRoleSchema.array().catch([]).parse(parseJson(roles_json)),
    })),
  }
}

function toRow(network: NetworkRecord): Tables['networks'] {
  return {
    id: network.id,
    datacenter_id: network.datacenterId,
    name: network.name,
    description: network.description,
    comment: network.comment,
    vlan_id: network.vlanId,
    mtu: network.mtu,
    vm_network: network.vmNetwork ? 1 : 0,
    bridge_name: network.bridgeName,
    is_management: network.isManagement ? 1 : 0,
    revision: network.revision,
    created_at: network.createdAt,
  }
}
