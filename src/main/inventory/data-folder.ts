import { chmod, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, isAppError } from '../../shared/errors/index.ts'
import { diskFull, hasRoom, isDiskFull } from './disk-space.ts'
import { isSqliteError } from './sqlite-errors.ts'

const FOLDER_MODE = 0o700
const STICKY = 0o1000

/** Where things lie inside the data folder. */
export function inventoryPaths(dataDir: string) {
  return {
    database: join(dataDir, 'inventory.db'),
    backups: join(dataDir, 'backups'),
    lock: join(dataDir, 'instance.lock'),
    pid: join(dataDir, 'instance.pid'),
    key: join(dataDir, 'secrets.key'),
  }
}

/**
 * Makes the folder (and `backups/` in it) for this user alone and proves that it can be written. False: the disk is full, and
 * what is there can only be read. Fails with `inventory.disk-full` where there is nothing yet, else with
 * `inventory.folder-unusable` and the system's reason ("EACCES", "not a directory").
 */
export async function prepareDataFolder(dataDir: string): Promise<boolean> {
  try {
    await makePrivateFolder(dataDir)
    await makePrivateFolder(inventoryPaths(dataDir).backups)
    return await hasRoom(dataDir)
  } catch (error) {
    throw folderUnusable(dataDir, error)
  }
}

/** `inventory.folder-unusable` with the system's reason, `inventory.disk-full` for that one; an AppError stays what it is. */
export function folderUnusable(path: string, error: unknown): AppError {
  if (isAppError(error)) return error
  if (isDiskFull(error)) return diskFull(path, error)
  return new AppError('inventory.folder-unusable', { path, reason: reasonOf(error) }, { cause: error })
}

async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE })
  const { mode } = await stat(path)
  // /tmp and its like: closing one for everybody else would break the system.
  if ((mode & STICKY) !== 0) throw new Error('shared by all users')
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, FOLDER_MODE)
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && !isSqliteError(error)) return String(error.code)
  return error instanceof Error ? error.message : String(error)
}
