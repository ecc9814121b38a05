import { AppError } from '../../shared/errors/index.ts'

/* Primary result codes: https://www.sqlite.org/rescode.html */
export const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

const WRITE_FAILURES: ReadonlyMap<number, string> = new Map([
  [SQLITE_BUSY, 'busy'],
  [SQLITE_READONLY, 'read-only'],
  [SQLITE_IOERR, 'input/output error'],
  [SQLITE_CORRUPT, 'damaged'],
  [SQLITE_CANTOPEN, 'cannot be opened'],
])

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** True for an error of node:sqlite, with this primary result code when one is named. */
export function isSqliteError(error: unknown, code?: number): boolean {
  const primary = primaryCode(error)
  return primary !== null && (code === undefined || primary === code)
}

/** True where SQLite found no room on the disk. A quota is an input/output error to it. */
export function isOutOfSpace(error: unknown): boolean {
  return isSqliteError(error, SQLITE_FULL)
}

/** True where the system failed to read or write a file of SQLite's, for whatever reason. */
export function isInputOutputError(error: unknown): boolean {
  return isSqliteError(error, SQLITE_IOERR)
}

/** True where the file was told to take no changes. */
export function isReadOnly(error: unknown): boolean {
  return isSqliteError(error, SQLITE_READONLY)
}

/** True when the file itself is the trouble. */
export function isDamage(error: unknown): boolean {
  return isSqliteError(error, SQLITE_CORRUPT) || isSqliteError(error, SQLITE_NOTADB)
}

/** A failure of the disk or the file as `inventory.write-failed`; anything else (a bug in a query) as it is. */
export function toInventoryError(error: unknown, path: string): unknown {
  const code = primaryCode(error)
  const reason = code === null ? undefined : WRITE_FAILURES.get(code)
  if (reason === undefined) return error
  return new AppError('inventory.write-failed', { path, reason }, { cause: error })
}
