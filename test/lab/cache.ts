import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { acquireLock } from './lock.ts'

/** Where what takes long to make is kept, outside of any checkout: every checkout of this machine shares it. */
export const cacheDir = process.env.VIRTDECK_LAB_CACHE ?? '/var/cache/virtdeck-lab'

/** What no run has used for so long is removed. */
export const forgottenAfterMs = 30 * 24 * 3_600_000
const usedFile = '.used'

/** One thing of the cache. */
export interface Recipe {
  /** Its name, e.g. `debian-13`. */
  readonly name: string
  /** Changes whenever what is made would be another one; part of the folder's name. */
  readonly key: string
  /** How long another process may need for it until we give up waiting, and how long we may. */
  readonly timeoutMs: number
  /** Makes it in an empty folder. */
  make(folder: string): Promise<void>
}

/**
 * The folder of what `recipe` makes. It is made when it is not there yet: once, however many processes ask at the same time,
 * and beside its place, so that nobody ever sees half of it. Throws what `make` throws; nothing is left then.
 */
export async function fetchCached(recipe: Recipe, cache = cacheDir): Promise<string> {
  const folder = `${cache}/${recipe.name}-${recipe.key}`
  if (!existsSync(folder)) await makeUnderLock(recipe, cache, folder)
  const now = new Date()
  await utimes(`${folder}/${usedFile}`, now, now)
  return folder
}

async function makeUnderLock(recipe: Recipe, cache: string, folder: string): Promise<void> {
  const lock = await acquireLock(`make-${recipe.name}`, { waitMs: recipe.timeoutMs })
  if (!lock) throw new Error(`Another process makes ${folder} for more than ${recipe.timeoutMs / 60_000} minutes.`)
  try {
    if (existsSync(folder)) return
    await removeLeftovers(cache, recipe.name)
    const half = `${cache}/half-${recipe.name}-${process.pid}`
    await mkdir(half, { recursive: true })
    process.stderr.write(`lab: making ${folder}\n`)
    try {
      await recipe.make(half)
      await writeFile(`${half}/${usedFile}`, '')
      await rename(half, folder)
    } finally {
      await rm(half, { recursive: true, force: true })
    }
  } finally {
    await lock.release()
  }
}

/** Removes what runs that were killed left half made, and what no run has used for a month. The caller holds the lock. */
async function removeLeftovers(cache: string, name: string): Promise<void> {
  for (const entry of await readdir(cache).catch(() => [])) {
    const path = `${cache}/${entry}`
    if (entry.startsWith(`half-${name}-`)) await rm(path, { recursive: true, force: true })
    if (!entry.startsWith(`${name}-`)) continue
    const used = await stat(`${path}/${usedFile}`).catch(() => undefined)
    if (used && Date.now() - used.mtimeMs > forgottenAfterMs) await rm(path, { recursive: true, force: true })
  }
}
