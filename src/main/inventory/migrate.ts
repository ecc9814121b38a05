import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { AppError } from '../../shared/errors/index.ts'
import type { Tables } from './tables.ts'

export type Migrations = Readonly<Record<string, Migration>>

function versionOf(name: string): number {
  return Number.parseInt(name, 10)
}

/** The newest schema that these migrations know. */
export function latestVersion(migrations: Migrations): number {
  return Math.max(0, ...Object.keys(migrations).map(versionOf))
}

/** The schema of an open database; 0 for an empty one, null for a database of something else. */
export function readSchemaVersion(database: DatabaseSync): number | null {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  if (tables.length === 0) return 0
  if (!tables.some((table) => table.name === 'kysely_migration')) return null
  const applied = database.prepare('SELECT name FROM kysely_migration').all()
  return Math.max(0, ...applied.map((row) => versionOf(String(row.name))))
}

/** Brings the schema up to date, all in one transaction. Fails with `inventory.migration-failed`, naming the backup. */
export async function migrate(
  database: Kysely<Tables>,
  migrations: Migrations,
  { path, backup }: { readonly path: string; readonly backup: string | null },
): Promise<void> {
  const provider = { getMigrations: async () => ({ ...migrations }) }
  const { error, results } = await new Migrator({ db: database, provider }).migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')
  throw new AppError(
    'inventory.migration-failed',
    { path, migration: failed?.migrationName ?? '', backup: backup ?? '' },
    { cause: error },
  )
}
