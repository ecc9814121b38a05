import { chmod } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors/index.ts'
import { listBackups } from './backups.ts'
import { latestVersion, type Migrations, readSchemaVersion } from './migrate.ts'
import { isDamage, isSqliteError } from './sqlite-errors.ts'

const BUSY_TIMEOUT_MS = 5_000

/** A database file that was looked at and may be used. */
export interface CheckedDatabase {
  readonly database: DatabaseSync
  /** 0 for a new one. */
  readonly schemaVersion: number
}

/**
 * Opens the file and checks it before anything is written: whole (`inventory.corrupt`, naming the newest backup), ours, and
 * not newer than the program (`inventory.schema-newer`). A crash's WAL is played back by SQLite.
 */
export async function openDatabase(
  path: string,
  backupFolder: string,
  migrations: Migrations,
): Promise<CheckedDatabase> {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    const schemaVersion = check(database, path, latestVersion(migrations))
    if (process.platform !== 'win32') await chmod(path, 0o600)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    return { database, schemaVersion }
  } catch (error) {
    database?.close()
    if (isDamage(error) || error instanceof DamageFound) {
      const [backup = ''] = await listBackups(backupFolder)
      const detail = error instanceof Error ? error.message : String(error)
      throw new AppError('inventory.corrupt', { path, detail, backup }, { cause: error })
    }
    if (isSqliteError(error)) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new AppError('inventory.folder-unusable', { path, reason }, { cause: error })
    }
    throw error
  }
}

class DamageFound extends Error {}

function check(database: DatabaseSync, path: string, supportedVersion: number): number {
  const rows = database.prepare('PRAGMA quick_check(1)').all()
  const verdict = String(rows[0]?.quick_check ?? 'no answer')
  if (verdict !== 'ok') throw new DamageFound(verdict)
  const schemaVersion = readSchemaVersion(database)
  if (schemaVersion === null) throw new DamageFound('this is not an inventory of Virtdeck')
  if (schemaVersion > supportedVersion) {
    throw new AppError('inventory.schema-newer', { path, schemaVersion, supportedVersion })
  }
  return schemaVersion
}
