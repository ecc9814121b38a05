import { chmod, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors/index.ts'
import { isSqliteError } from './sqlite-errors.ts'

/** How many backups are kept. */
export const BACKUPS_KEPT = 5
const NAME = /^inventory-\d{8}T\d{9}Z-schema\d+\.db$/

function backupName(now: number, schemaVersion: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, '')
  return `inventory-${stamp}-schema${schemaVersion}.db`
}

/** The backups in a folder, newest first, as full paths. An unreadable folder has none. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(folder, name))
}

/**
 * Copies an open database beside its older backups, whole or not at all, and removes the oldest beyond
 * {@link BACKUPS_KEPT}. Returns its path. Rejects with `inventory.write-failed`, or SQLite's error.
 */
export async function makeBackup(
  database: DatabaseSync,
  options: { readonly folder: string; readonly now: number; readonly schemaVersion: number },
): Promise<string> {
  const path = join(options.folder, backupName(options.now, options.schemaVersion))
  const unfinished = `${path}.part`
  try {
    await rm(unfinished, { force: true })
    await backup(database, unfinished, { rate: 1_000 })
    await chmod(unfinished, 0o600)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined)
    throw writeFailed(path, error)
  }
  for (const old of (await listBackups(options.folder)).slice(BACKUPS_KEPT)) await rm(old, { force: true })
  return path
}

/** The folder's own failure ("EACCES"); what SQLite says is put into words where all its errors are. */
function writeFailed(path: string, error: unknown): unknown {
  if (isSqliteError(error) || !(error instanceof Error && 'code' in error)) return error
  return new AppError('inventory.write-failed', { path, reason: String(error.code) }, { cause: error })
}

/** When the newest backup was made by its name (milliseconds since the epoch); null without one. */
export async function fetchNewestBackupTime(folder: string): Promise<number | null> {
  const [newest] = await listBackups(folder)
  return newest === undefined ? null : parseStamp(basename(newest))
}

function parseStamp(path: string): number | null {
  const parts = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(path)?.slice(1).map(Number) ?? []
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = parts
  return parts.length === 0 ? null : Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
}
