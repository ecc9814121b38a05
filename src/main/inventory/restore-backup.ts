import { copyFile, open, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { listBackups } from './backups.ts'
import { folderUnusable, inventoryPaths, prepareDataFolder } from './data-folder.ts'
import { acquireInstanceLock } from './instance-lock.ts'

export interface RestoredBackup {
  readonly backup: string
  /** Where the former files were moved; nothing is deleted. */
  readonly setAside: string
}

/**
 * The way back from a damaged inventory: moves the file (with its WAL) aside and puts a backup in its place, the newest
 * unless one is named. Fails with `inventory.in-use` while somebody has the folder, `inventory.folder-unusable` when there
 * is no such backup, or a file cannot be copied or moved.
 */
export async function restoreBackup(options: {
  readonly dataDir: string
  readonly backup?: string
  readonly clock: { now(): number }
}): Promise<RestoredBackup> {
  const { dataDir, clock } = options
  const paths = inventoryPaths(dataDir)
  await prepareDataFolder(dataDir)
  const release = await acquireInstanceLock(dataDir, paths)
  try {
    const backups = await listBackups(paths.backups)
    const wanted = options.backup === undefined ? backups[0] : join(paths.backups, basename(options.backup))
    if (wanted === undefined || !backups.includes(wanted)) {
      throw new AppError('inventory.folder-unusable', { path: paths.backups, reason: 'no such backup' })
    }
    const setAside = `${paths.database}.damaged-${clock.now()}`
    const copy = `${paths.database}.part`
    // First the copy, whole and on the disk: without room for it everything stays as it is.
    await copyDurably(wanted, copy)
    for (const suffix of ['', '-wal', '-shm']) await moveIfThere(`${paths.database}${suffix}`, `${setAside}${suffix}`)
    await rename(copy, paths.database)
    return { backup: wanted, setAside }
  } catch (error) {
    throw folderUnusable(dataDir, error)
  } finally {
    await release()
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to)
    const file = await open(to, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(to, { force: true })
    throw error
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
