import type { Kysely, Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

/** Runs `work` in a transaction: the one under way, where there is one. */
export function inTransaction<T>(
  database: Kysely<Tables>,
  work: (transaction: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return work(database)
  return database.transaction().execute((transaction: Transaction<Tables>) => work(transaction))
}
