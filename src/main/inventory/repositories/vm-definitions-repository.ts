import type { Kysely } from 'kysely'
import type { HostId, VmId } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction } from './rows.ts'

/** A VM's definition as its host told it last, so that it can be restarted elsewhere when the host is gone. */
export interface VmDefinitionRecord {
  readonly hostId: HostId
  readonly vmId: VmId
  readonly name: string
  /** libvirt's XML. */
  readonly xml: string
  /** Milliseconds since the epoch. */
  readonly readAt: number
}

/** What is known of a VM without its XML. */
export type VmDefinitionName = Pick<VmDefinitionRecord, 'vmId' | 'name' | 'readAt'>

export interface VmDefinitionsRepository {
  fetchNamesForHost(hostId: HostId): Promise<readonly VmDefinitionName[]>
  fetchForHost(hostId: HostId): Promise<readonly VmDefinitionRecord[]>
  /** Every host's definition of a VM, last saved first: the order in which they came, whatever the clock showed. */
  fetchForVm(vmId: VmId): Promise<readonly VmDefinitionRecord[]>
  /** Adds or replaces, all in one transaction. The host must be in the inventory. */
  saveAll(definitions: readonly VmDefinitionRecord[]): Promise<void>
  remove(hostId: HostId, vmIds: readonly VmId[]): Promise<void>
}

export function createVmDefinitionsRepository(database: Kysely<Tables>): VmDefinitionsRepository {
  return {
    fetchNamesForHost: async (hostId) => {
      const query = database.selectFrom('vm_definitions').select(['vm_id', 'name', 'read_at'])
      const rows = await query.where('host_id', '=', hostId).execute()
      return rows.map((row) => ({ vmId: row.vm_id as VmId, name: row.name, readAt: row.read_at }))
    },
    fetchForHost: async (hostId) => {
      const rows = await database.selectFrom('vm_definitions').selectAll().where('host_id', '=', hostId).execute()
      return rows.map(fromRow)
    },
    fetchForVm: async (vmId) => {
      const query = database.selectFrom('vm_definitions').selectAll().where('vm_id', '=', vmId)
      return (await query.orderBy('saved_order', 'desc').execute()).map(fromRow)
    },
    saveAll: async (definitions) => {
      if (definitions.length === 0) return
      await inTransaction(database, async (transaction) => {
        let order = await fetchLastOrder(transaction)
        for (const { hostId, vmId, name, xml, readAt } of definitions) {
          order += 1
          const changes = { name, xml, read_at: readAt, saved_order: order }
          await transaction
            .insertInto('vm_definitions')
            .values({ host_id: hostId, vm_id: vmId, ...changes })
            .onConflict((conflict) => conflict.columns(['host_id', 'vm_id']).doUpdateSet(changes))
            .execute()
        }
      })
    },
    remove: async (hostId, vmIds) => {
      await inTransaction(database, async (transaction) => {
        for (const vmId of vmIds) {
          await transaction
            .deleteFrom('vm_definitions')
            .where('host_id', '=', hostId)
            .where('vm_id', '=', vmId)
            .execute()
        }
      })
    },
  }
}

async function fetchLastOrder(database: Kysely<Tables>): Promise<number> {
  const query = database.selectFrom('vm_definitions').select((select) => select.fn.max('saved_order').as('last'))
  return (await query.executeTakeFirst())?.last ?? 0
}

function fromRow(row: Tables['vm_definitions']): VmDefinitionRecord {
  return {
    hostId: row.host_id as HostId,
    vmId: row.vm_id as VmId,
    name: row.name,
    xml: row.xml,
    readAt: row.read_at,
  }
}
