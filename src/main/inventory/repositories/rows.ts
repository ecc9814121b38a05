import type { Kysely, Transaction } from 'kysely'
import type { z } from 'zod'
import type { Tables } from '../tables.ts'

/** Runs `work` in a transaction: the one under way, where there is one. */
export function inTransaction<T>(
  database: Kysely<Tables>,
  work: (transaction: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return work(database)
  return database.transaction().execute((transaction: Transaction<Tables>) => work(transaction))
}

/** The rows whose JSON fits the schema. One that does not (an older version wrote it) is left out: it is history, not truth. */
export function parseJsonRows<Schema extends z.ZodType>(
  rows: readonly { readonly json: string }[],
  schema: Schema,
): z.output<Schema>[] {
  return rows.flatMap(({ json }) => {
    const parsed = schema.safeParse(parseJson(json))
    return parsed.success ? [parsed.data] : []
  })
}

/** `undefined` for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
