import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Reads what is stored in a folder whose engine runs: the engine keeps the file to itself, so a copy of it is read. */
export function readStored<T>(dataDir: string, read: (file: DatabaseSync) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'virtdeck-stored-'))
  try {
    for (const name of ['inventory.db', 'inventory.db-wal']) {
      if (existsSync(join(dataDir, name))) copyFileSync(join(dataDir, name), join(folder, name))
    }
    const file = new DatabaseSync(join(folder, 'inventory.db'))
    try {
      return read(file)
    } finally {
      file.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
