import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'

/**
 * Writes `text` so that only this user can read it (0600) and a reader never sees half of it: a new file, synced, renamed
 * over the old one.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** A file's text, or null when there is none. At most `limitBytes` are accepted. */
export async function readSmallFile(path: string, limitBytes = 1024 * 1024): Promise<string | null> {
  try {
    const bytes = await readFile(path)
    return bytes.length > limitBytes ? null : bytes.toString('utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
