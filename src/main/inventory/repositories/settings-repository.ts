import type { Kysely } from 'kysely'
import type { Settings } from '../../../shared/domain/index.ts'
import { settingsChangesSchema } from '../../../shared/domain/index.ts'
import type { Tables } from '../tables.ts'
import { inTransaction, parseJson } from './rows.ts'

export interface SettingsRepository {
  /** What was set. A value that is no longer valid is left out, so that its default holds. */
  fetch(): Promise<Partial<Settings>>
  /** Stores all in one transaction. */
  save(settings: Settings): Promise<void>
}

export function createSettingsRepository(database: Kysely<Tables>): SettingsRepository {
  return {
    fetch: async () => {
      const rows = await database.selectFrom('settings').selectAll().execute()
      const valid = rows.flatMap(({ name, value_json }) => {
        const value = parseJson(value_json)
        return settingsChangesSchema.safeParse({ [name]: value }).success ? [[name, value] as const] : []
      })
      return settingsChangesSchema.parse(Object.fromEntries(valid)) as Partial<Settings>
    },
    save: async (settings) => {
      await inTransaction(database, async (transaction) => {
        for (const [name, value] of Object.entries(settings)) {
          const changes = { value_json: JSON.stringify(value) }
          await transaction
            .insertInto('settings')
            .values({ name, ...changes })
            .onConflict((conflict) => conflict.column('name').doUpdateSet(changes))
            .execute()
        }
      })
    },
  }
}
