import { chmod, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors/index.ts'
import { isSqliteError } from './sqlite-errors.ts'

/** How many backups are kept. */
export const BACKUPS_KEPT = 5
/** The number counts up with each backup; the first versions gave none. */
const NAME = /^inventory-(?:(\d{6,15})-)?(\d{8}T\d{9}Z)-schema\d+\.db$/

interface BackupName {
  readonly name: string
  /** 0 for one without a number: those are older than all that have one. */
  readonly number: number
  readonly stamp: string
}

function buildName(number: number, now: number, schemaVersion: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, '')
  return `inventory-${String(number).padStart(6, '0')}-${stamp}-schema${schemaVersion}.db`
}

function parseName(name: string): BackupName | null {
  const [, number = '0', stamp] = NAME.exec(name) ?? []
  return stamp === undefined ? null : { name, number: Number(number), stamp }
}

/** Newest first, by their numbers: the clock of one run may have been years ahead. */
async function readBackups(folder: string): Promise<BackupName[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .map(parseName)
    .filter((backup) => backup !== null)
    .sort((left, right) => right.number - left.number || (left.stamp < right.stamp ? 1 : -1))
}

/** The backups in a folder, newest first, as full paths. An unreadable folder has none. */
export async function listBackups(folder: string): Promise<string[]> {
  return (await readBackups(folder)).map(({ name }) => join(folder, name))
}

/**
 * Copies an open database beside its older backups, whole or not at all, and removes the oldest beyond
 * {@link BACKUPS_KEPT}. Returns its path. Rejects with `inventory.write-failed`, or SQLite's error.
 */
export async function makeBackup(
  database: DatabaseSync,
  options: { readonly folder: string; readonly now: number; readonly schemaVersion: number },
): Promise<string> {
  const [newest] = await readBackups(options.folder)
  const path = join(options.folder, buildName((newest?.number ?? 0) + 1, options.now, options.schemaVersion))
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

/**
 * How old the newest backup is by its name, milliseconds; null without one, and for one from the future: nobody knows how
 * old that is.
 */
export async function fetchBackupAge(folder: string, now: number): Promise<number | null> {
  const [newest] = await readBackups(folder)
  const ageMs = newest === undefined ? -1 : now - parseStamp(newest.stamp)
  return ageMs < 0 ? null : ageMs
}

function parseStamp(stamp: string): number {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z')
  return Date.parse(iso)
}
