import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

export interface AllowedCommandsRepository {
  /** The digests of all commands that were allowed. */
  fetchAll(): Promise<readonly string[]>
  /** Allows them, by this person's word; what was allowed before stays as it was. `at` in milliseconds since the epoch. */
  add(digests: readonly string[], by: { readonly user: string; readonly at: number }): Promise<void>
}

export function createAllowedCommandsRepository(database: Kysely<Tables>): AllowedCommandsRepository {
  return {
    fetchAll: async () => {
      const rows = await database.selectFrom('allowed_commands').select('digest').execute()
      return rows.map(({ digest }) => digest)
    },
    add: async (digests, by) => {
      if (digests.length === 0) return
      const rows = digests.map((digest) => ({ digest, ...by }))
      await database
        .insertInto('allowed_commands')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
  }
}
