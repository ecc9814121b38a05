import { readFile, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../shared/errors/index.ts'
import { folderUnusable } from './data-folder.ts'
import { isDiskFull } from './disk-space.ts'
import { isSqliteError, SQLITE_BUSY } from './sqlite-errors.ts'

/**
 * Holds a data folder for one process. The lock is SQLite's exclusive lock on a file of its own: the system keeps it, on all
 * three systems, and lets go of it when the process dies in whatever way. So there are no stale locks to guess about. The
 * pid file beside it only serves the error's text. Returns how to release. Fails with `inventory.in-use`, and with
 * `inventory.folder-unusable` when one of the two files cannot be written.
 */
export async function acquireInstanceLock(dataDir: string, paths: { readonly lock: string; readonly pid: string }) {
  let lock: DatabaseSync | null = null
  try {
    lock = new DatabaseSync(paths.lock, { timeout: 0 })
    // Nothing is ever written: a journal would only need room on a disk that may be full.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    await writePid(paths.pid)
  } catch (error) {
    lock?.close()
    if (!isSqliteError(error, SQLITE_BUSY)) throw folderUnusable(dataDir, error)
    throw new AppError('inventory.in-use', { path: dataDir, pid: await readPid(paths.pid) }, { cause: error })
  }
  const held = lock
  return async () => {
    await rm(paths.pid, { force: true })
    held.close()
  }
}

/** It only serves a text: a full disk leaves it empty. */
async function writePid(path: string): Promise<void> {
  try {
    await writeFile(path, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** 0 when nobody knows. */
async function readPid(path: string): Promise<number> {
  try {
    const pid = Number.parseInt(await readFile(path, 'utf8'), 10)
    return Number.isSafeInteger(pid) ? pid : 0
  } catch {
    return 0
  }
}
