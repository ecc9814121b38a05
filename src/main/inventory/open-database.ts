import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors/index.ts'
import { listBackups } from './backups.ts'
import { diskFull, isDiskFullAt } from './disk-space.ts'
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
 * With `isFull` it is opened to be read: it takes no change until {@link allowWriting}. `inventory.disk-full` where that is not
 * enough, as the file is new or older than the program.
 */
export async function openDatabase(
  path: string,
  backupFolder: string,
  migrations: Migrations,
  isFull: boolean,
): Promise<CheckedDatabase> {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    // Nobody else has the folder. The index of the WAL is then in memory and not in a mapped file: where there is no room to write
    // its pages back (a full btrfs, or a quota there), the system ends the process with SIGBUS.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    const latest = latestVersion(migrations)
    const schemaVersion = check(database, path, latest)
    if (isFull && schemaVersion !== latest) throw diskFull(path)
    if (process.platform !== 'win32') await chmod(path, 0o600)
    if (isFull) database.exec('PRAGMA query_only = ON')
    else allowWriting(database)
    return { database, schemaVersion }
  } catch (error) {
    database?.close()
    if (isDamage(error) || error instanceof DamageFound) {
      const [backup = ''] = await listBackups(backupFolder)
      const detail = error instanceof Error ? error.message : String(error)
      throw new AppError('inventory.corrupt', { path, detail, backup }, { cause: error })
    }
    if (isDiskFullAt(dirname(path), error)) throw diskFull(path, error)
    if (isSqliteError(error)) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new AppError('inventory.folder-unusable', { path, reason }, { cause: error })
    }
    throw error
  }
}

/** The file was opened on a full disk, and takes no change until there is room. */
export function isQueryOnly(database: DatabaseSync): boolean {
  return database.prepare('PRAGMA query_only').get()?.query_only === 1
}

/** Sets a file up that can be written: WAL, each commit on the disk before it is said to be done. */
export function allowWriting(database: DatabaseSync): void {
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA query_only = OFF',
  )
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
