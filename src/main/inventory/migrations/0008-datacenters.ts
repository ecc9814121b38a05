import { randomInt, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface TablesThen {
  readonly datacenters: {
    id: string
    name: string
    description: string
    revision: number
    created_at: number
  }
  readonly clusters: {
    id: string
    datacenter_id: string
    name: string
    settings_json: string
    revision: number
    created_at: number
  }
  readonly hosts: { cluster_id: string | null }
}

/** Datacenters and clusters. There is one of each from the start, called Default; hosts that are there already are moved into it. */
export const datacenters: Migration = {
  up: async (database: Kysely<TablesThen>) => {
    const { schema } = database
    await schema
      .createTable('datacenters')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .execute()
    await schema
      .createTable('clusters')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('datacenter_id', 'text', (column) =>
        column.notNull().references('datacenters.id').onDelete('restrict'),
      )
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('settings_json', 'text', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(1))
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .execute()
    // SQLite adds a column with a reference only when it may be null; making the table anew would take VM definitions along.
    await schema
      .alterTable('hosts')
      .addColumn('cluster_id', 'text', (column) => column.references('clusters.id').onDelete('restrict'))
      .execute()

    const [datacenterId, clusterId] = [randomUUID(), randomUUID()]
    const made = { revision: 1, created_at: Date.now() }
    await database
      .insertInto('datacenters')
      .values({ id: datacenterId, name: 'Default', description: '', ...made })
      .execute()
    await database
      .insertInto('clusters')
      .values({
        id: clusterId,
        datacenter_id: datacenterId,
        name: 'Default',
        settings_json: JSON.stringify({ macRange: chooseMacRange() }),
        ...made,
      })
      .execute()
    await database.updateTable('hosts').set({ cluster_id: clusterId }).execute()
  },
}

/** 65,536 addresses at random, so that the VMs of two inventories on one network do not meet. oVirt's prefix. */
function chooseMacRange(): { from: string; to: string } {
  const block = randomInt(0x1_0000).toString(16).padStart(4, '0')
  const prefix = `56:6f:${block.slice(0, 2)}:${block.slice(2)}`
  return { from: `${prefix}:00:00`, to: `${prefix}:ff:ff` }
}
