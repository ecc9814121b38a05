import type { Kysely } from 'kysely'
import { z } from 'zod'
import { bondWishSchema, type HostId, networkAttachmentSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { parseJson } from './rows.ts'

const wishSchema = z.object({ attachments: z.array(networkAttachmentSchema), bonds: z.array(bondWishSchema) })

/** What is wished of a host's networks. */
export type HostNetworkWishRecord = z.infer<typeof wishSchema>

export interface HostNetworkWishesRepository {
  /** Of hosts of which something is wished. What cannot be read any more is left out. */
  fetchAll(): Promise<ReadonlyMap<HostId, HostNetworkWishRecord>>
  /** Adds or replaces. The host must be in the inventory; its removal takes its wish along. */
  save(hostId: HostId, wish: HostNetworkWishRecord): Promise<void>
}

export function createHostNetworkWishesRepository(database: Kysely<Tables>): HostNetworkWishesRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('host_network_wishes').selectAll().execute()
      return new Map(
        rows.flatMap(({ host_id: hostId, wish_json: json }) => {
          const parsed = wishSchema.safeParse(parseJson(json))
          return parsed.success ? [[hostId as HostId, parsed.data] as const] : []
        }),
      )
    },
    save: async (hostId, wish) => {
      const changes = { wish_json: JSON.stringify(wish) }
      await database
        .insertInto('host_network_wishes')
        .values({ host_id: hostId, ...changes })
        .onConflict((conflict) => conflict.column('host_id').doUpdateSet(changes))
        .execute()
    },
  }
}
