import type { Kysely } from 'kysely'
import type { HostId, VmId } from '../../../shared/domain/index.ts'
import { type VmStatus, vmStatusSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction } from './rows.ts'

/** Since when a VM is in its status, as far as anybody knows. */
export interface VmStatusRecord {
  readonly vmId: VmId
  readonly hostId: HostId
  readonly status: VmStatus
  /** libvirt's id of the run that it was seen in; null when it did not run. */
  readonly domainId: number | null
  /** Milliseconds since the epoch. */
  readonly since: number
  /** False: it was in that status already when it was first seen at `since`. */
  readonly exact: boolean
}

export interface VmStatusesRepository {
  fetchAll(): Promise<readonly VmStatusRecord[]>
  /** Adds or replaces by VM and forgets `removed`, all in one transaction. The hosts must be in the inventory. */
  save(statuses: readonly VmStatusRecord[], removed: readonly VmId[]): Promise<void>
}

export function createVmStatusesRepository(database: Kysely<Tables>): VmStatusesRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('vm_statuses').selectAll().execute()
      return rows.flatMap((row) => {
        const status = vmStatusSchema.safeParse(row.status)
        // One that this version does not know says nothing about now.
        return status.success ? [fromRow(row, status.data)] : []
      })
    },
    save: async (statuses, removed) => {
      if (statuses.length === 0 && removed.length === 0) return
      await inTransaction(database, async (transaction) => {
        for (const { vmId, hostId, status, domainId, since, exact } of statuses) {
          const changes = { host_id: hostId, status, domain_id: domainId, since, exact: exact ? 1 : 0 }
          await transaction
            .insertInto('vm_statuses')
            .values({ vm_id: vmId, ...changes })
            .onConflict((conflict) => conflict.column('vm_id').doUpdateSet(changes))
            .execute()
        }
        for (const vmId of removed) await transaction.deleteFrom('vm_statuses').where('vm_id', '=', vmId).execute()
      })
    },
  }
}

function fromRow(row: Tables['vm_statuses'], status: VmStatus): VmStatusRecord {
  return {
    vmId: row.vm_id as VmId,
    hostId: row.host_id as HostId,
    status,
    domainId: row.domain_id,
    since: row.since,
    exact: row.exact !== 0,
  }
}
