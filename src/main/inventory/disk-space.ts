import { randomUUID } from 'node:crypto'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { isInputOutputError, isOutOfSpace } from './sqlite-errors.ts'

/** What a start needs at least: its log, its lock, and the inventory's WAL with the index of it. */
const ROOM_BYTES = 1024 * 1024

/** True where a file could not be written because the disk is full, or the user's part of it (by node:fs or node:sqlite). */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return isOutOfSpace(error) || ('code' in error && error.code === 'ENOSPC') || isQuotaReached(error)
}

/** Node has no name for EDQUOT ("Unknown system error -122"): it is known by its number. */
function isQuotaReached(error: Error): boolean {
  return 'errno' in error && error.errno === -constants.errno.EDQUOT
}

/**
 * As {@link isDiskFull} for what SQLite says of a file in `folder`. It takes a quota for an input/output error, so that the folder
 * is asked then, by a file.
 */
export function isDiskFullAt(folder: string, error: unknown): boolean {
  if (isDiskFull(error)) return true
  if (!isInputOutputError(error)) return false
  const probe = probeIn(folder)
  try {
    writeFileSync(probe, Buffer.alloc(ROOM_BYTES), { flag: 'wx', mode: 0o600 })
    return false
  } catch (probeError) {
    return isDiskFull(probeError)
  } finally {
    rmSync(probe, { force: true })
  }
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
  const probe = probeIn(folder)
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

function probeIn(folder: string): string {
  return join(folder, `.probe-${randomUUID()}`)
}
