import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type HostId, type HostWish, type VmId, vmIdSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

export interface HostWishesRepository {
  /** Of hosts of which something is wished. */
  fetchAll(): Promise<ReadonlyMap<HostId, HostWish>>
  /** Adds or replaces. The host must be in the inventory; its removal takes its wish along. */
  save(hostId: HostId, wish: HostWish): Promise<void>
}

export function createHostWishesRepository(database: Kysely<Tables>): HostWishesRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('host_wishes').selectAll().execute()
      return new Map(rows.map((row) => [row.host_id as HostId, fromRow(row)]))
    },
    save: async (hostId, { maintenance, power }) => {
      if (maintenance === null && power === null) {
        await database.deleteFrom('host_wishes').where('host_id', '=', hostId).execute()
        return
      }
      const changes = {
        maintenance_since: maintenance?.since ?? null,
        maintenance_user: maintenance?.user ?? null,
        maintenance_reason: maintenance?.reason ?? null,
        maintenance_vm_ids_json: maintenance?.movedVmIds === undefined ? null : JSON.stringify(maintenance.movedVmIds),
        power_action: power?.action ?? null,
        power_since: power?.since ?? null,
        power_user: power?.user ?? null,
        power_boot_id: power?.bootId ?? null,
      }
      await database
        .insertInto('host_wishes')
        .values({ host_id: hostId, ...changes })
        .onConflict((conflict) => conflict.column('host_id').doUpdateSet(changes))
        .execute()
    },
  }
}

function fromRow(row: Tables['host_wishes']): HostWish {
  return {
    maintenance:
      row.maintenance_since === null
        ? null
        : {
            since: row.maintenance_since,
            user: row.maintenance_user ?? '',
            reason: row.maintenance_reason,
            ...readMoved(row.maintenance_vm_ids_json),
          },
    power:
      row.power_action === null
        ? null
        : {
            action: row.power_action,
            since: row.power_since ?? 0,
            user: row.power_user ?? '',
            bootId: row.power_boot_id,
          },
  }
}

/** Who was moved away is a help, not a duty: what cannot be read is nobody. */
function readMoved(json: string | null): { readonly movedVmIds?: VmId[] } {
  const parsed = z.array(vmIdSchema).safeParse(json === null ? null : parseJson(json))
  return parsed.success ? { movedVmIds: parsed.data } : {}
}
