import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import packages from '../../tools/system-packages.json' with { type: 'json' }
import { cacheDir, forgottenAfterMs } from './cache.ts'
import { runCommand } from './command.ts'

/** The tests of the lab itself. What they test changes seldom, so `npm test` runs them only when it did. */
const ownTestFiles: readonly string[] = [
  'lab.test.ts',
  'fixture.test.ts',
  'storage-server.test.ts',
  'deep-hosts.test.ts',
]
const prefix = 'lab-passed-'

/** Whether the lab's own tests have passed on this machine with the lab as it is now, which `key` stands for. */
export interface OwnTests {
  readonly files: readonly string[]
  readonly key: string
  readonly passed: boolean
}

/** Reads the state of the lab's own tests. */
export async function readOwnTests(cache = cacheDir): Promise<OwnTests> {
  const key = await computeKey()
  const files = ownTestFiles.map((name) => `test/lab/${name}`)
  return { files, key, passed: existsSync(`${cache}/${prefix}${key}`) }
}

/** Notes that the lab's own tests have passed with the lab of `key`, and forgets notes of long ago. */
export async function noteOwnTestsPassed(key: string, cache = cacheDir): Promise<void> {
  if (!/^[0-9a-f]+$/.test(key)) throw new Error(`Not a key: ${key}`)
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue
    const { mtimeMs } = await stat(`${cache}/${name}`)
    if (Date.now() - mtimeMs > forgottenAfterMs) await rm(`${cache}/${name}`, { force: true })
  }
  await writeFile(`${cache}/${prefix}${key}`, '')
}

/** Changes with every file that the lab is made of, and with the packages whose programs its hosts run. */
async function computeKey(): Promise<string> {
  const folder = new URL('.', import.meta.url)
  const names = (await readdir(folder)).filter(
    (name) => ownTestFiles.includes(name) || (name.endsWith('.ts') && !/(\.test|-bench)\.ts$/.test(name)),
  )
  const hash = createHash('sha256')
  for (const name of names.toSorted()) hash.update(`${name}\n`).update(await readFile(new URL(name, folder)))
  const installed = ['-W', ...packages.lab.map((entry) => entry.package)]
  hash.update((await runCommand('dpkg-query', installed, { allowFailure: true })).stdout)
  return hash.digest('hex').slice(0, 16)
}
