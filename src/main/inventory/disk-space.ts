import { randomUUID } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { isOutOfSpace } from './sqlite-errors.ts'

/** What a start needs at least: its log, its lock, and the inventory's WAL with the index of it. */
const ROOM_BYTES = 1024 * 1024

/** True where a file could not be written because the disk is full, or the user's part of it (by node:fs or node:sqlite). */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return isOutOfSpace(error) || ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
}

/** `inventory.disk-full` for a file or folder. */
export function diskFull(path: string, cause?: unknown): AppError<'inventory.disk-full'> {
  return new AppError('inventory.disk-full', { path, freeBytes: freeBytesAt(path) }, { cause, retry: 'safe' })
}

/** What this user may still write there, bytes; 0 where nobody can say. Quotas are not in it. */
export function freeBytesAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    // Not there (yet): what is above it is on the same disk.
    return dirname(path) === path ? 0 : freeBytesAt(dirname(path))
  }
}

/** Proves by a file that something can be written there. False when the disk is full; rejects with any other failure. */
export async function hasRoom(folder: string): Promise<boolean> {
  const probe = join(folder, `.probe-${randomUUID()}`)
  try {
    await writeFile(probe, Buffer.alloc(ROOM_BYTES), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (isDiskFull(error)) return false
    throw error
  } finally {
    await rm(probe, { force: true })
  }
}
