import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface TablesThen {
  readonly datacenters: { id: string }
  readonly clusters: { id: string; datacenter_id: string }
  readonly networks: {
    id: string
    datacenter_id: string
    name: string
    description: string
    comment: string
    vlan_id: number | null
    mtu: number | null
    vm_network: number
    bridge_name: string
    is_management: number
    revision: number
    created_at: number
  }
  readonly cluster_networks: {
    network_id: string
    cluster_id: string
    required: number
    roles_json: string
    operational: number
  }
  readonly vnic_profiles: {
    id: string
    network_id: string
    name: string
    description: string
    port_mirroring: number
    filter: string | null
    passthrough: number
    qos_json: string
    mac_spoofing: number
    trunk: number
    revision: number
    created_at: number
  }
}

/** Logical networks and vNIC profiles. Datacenters that are there already get the network that new ones come with. */
export const networks: Migration = {
  up: async (database: Kysely<TablesThen>) => {
    const { schema } = database
    await schema
      .createTable('networks')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('datacenter_id', 'text', (column) => column.notNull().references('datacenters.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('comment', 'text', (column) => column.notNull())
      .addColumn('vlan_id', 'integer')
      .addColumn('mtu', 'integer')
      .addColumn('vm_network', 'integer', (column) => column.notNull())
      .addColumn('bridge_name', 'text', (column) => column.notNull())
      .addColumn('is_management', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addUniqueConstraint('networks_name', ['datacenter_id', 'name'])
      .addUniqueConstraint('networks_bridge', ['datacenter_id', 'bridge_name'])
      .execute()
    await schema
      .createTable('cluster_networks')
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id').onDelete('cascade'))
      .addColumn('cluster_id', 'text', (column) => column.notNull().references('clusters.id').onDelete('cascade'))
      .addColumn('required', 'integer', (column) => column.notNull())
      .addColumn('roles_json', 'text', (column) => column.notNull())
      .addColumn('operational', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('cluster_networks_pair', ['network_id', 'cluster_id'])
      .execute()
    await schema
      .createTable('vnic_profiles')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('network_id', 'text', (column) => column.notNull().references('networks.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('port_mirroring', 'integer', (column) => column.notNull())
      .addColumn('filter', 'text')
      .addColumn('passthrough', 'integer', (column) => column.notNull())
      .addColumn('qos_json', 'text', (column) => column.notNull())
      .addColumn('mac_spoofing', 'integer', (column) => column.notNull())
      .addColumn('trunk', 'integer', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addUniqueConstraint('vnic_profiles_name', ['network_id', 'name'])
      .execute()

    const clusters = await database.selectFrom('clusters').select(['id', 'datacenter_id']).execute()
    for (const { id } of await database.selectFrom('datacenters').select('id').execute()) {
      await addManagementNetwork(
        database,
        id,
        clusters.filter((cluster) => cluster.datacenter_id === id),
      )
    }
  },
}

async function addManagementNetwork(
  database: Kysely<TablesThen>,
  datacenterId: string,
  clusters: readonly { readonly id: string }[],
): Promise<void> {
  const networkId = randomUUID()
  const made = { description: '', revision: 1, created_at: Date.now() }
  await database
    .insertInto('networks')
    .values({
      id: networkId,
      datacenter_id: datacenterId,
      name: 'ovirtmgmt',
      comment: '',
      vlan_id: null,
      mtu: null,
      vm_network: 1,
      bridge_name: 'ovirtmgmt',
      is_management: 1,
      ...made,
    })
    .execute()
  await database
    .insertInto('vnic_profiles')
    .values({
      id: randomUUID(),
      network_id: networkId,
      name: 'ovirtmgmt',
      port_mirroring: 0,
      filter: 'no-mac-spoofing',
      passthrough: 0,
      qos_json: JSON.stringify({ inbound: null, outbound: null }),
      mac_spoofing: 0,
      trunk: 0,
      ...made,
    })
    .execute()
  for (const { id } of clusters) {
    await database
      .insertInto('cluster_networks')
      .values({
        network_id: networkId,
        cluster_id: id,
        required: 1,
        roles_json: JSON.stringify(['vm', 'management', 'display', 'migration', 'default-route']),
        operational: 0,
      })
      .execute()
  }
}
