import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { engineFilePath, readEngineFile } from '../../../../src/main/shell/server/engine-file.ts'
import { PRIVATE_MODE } from './private-mode.ts'

const project = fileURLToPath(new URL('../../../..', import.meta.url))
const program = 'src/main/shell/server/cli.ts'
/** As resources/bin/virtdeck.mjs does it, on the sources. */
const launcher = `import { lifeline, runNode } from './tools/lib/node24.mjs'
runNode(['${program}', ...process.argv.slice(1)], { stdio: lifeline })`
const LIMIT_MS = 20_000

let dataDir = ''
let started: ChildProcess
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-process-'))
})
afterEach(async () => {
  started.kill('SIGKILL')
  await rm(dataDir, { recursive: true, maxRetries: 5 })
})

async function startServing(
  first: readonly string[],
  last: readonly string[] = [],
  env = process.env,
): Promise<number> {
  const args = [...first, 'serve', '--data-dir', dataDir, ...last]
  started = spawn(process.execPath, args, { cwd: project, stdio: 'ignore', env })
  const file = await vi.waitUntil(() => readEngineFile(dataDir), { timeout: LIMIT_MS })
  return file?.pid ?? 0
}

const untilStoppedInOrder = () => vi.waitUntil(() => !existsSync(engineFilePath(dataDir)), { timeout: LIMIT_MS })

// Windows has no signals: there a process that is told to end ends at once.
describe.skipIf(process.platform === 'win32')('the served engine as a process', () => {
  it('stops in order when one Ctrl+C reaches it by several ways', { timeout: 60_000 }, async () => {
    await startServing([program])
    const exit = once(started, 'exit')
    started.kill('SIGINT')
    started.kill('SIGTERM')
    started.kill('SIGHUP')
    expect(await exit).toEqual([0, null])
    expect(existsSync(engineFilePath(dataDir))).toBe(false)
  })

  it('stops in order when its launcher was killed', { timeout: 60_000 }, async () => {
    const pid = await startServing(['--input-type=module', '-e', launcher, '--'])
    expect(pid).not.toBe(started.pid)
    started.kill('SIGKILL')
    await untilStoppedInOrder()
    await vi.waitUntil(() => !isAlive(pid), { timeout: LIMIT_MS })
  })

  it('opens the browser with a page that only its user can read, not with the link', { timeout: 60_000 }, async () => {
    const programs = join(dataDir, 'programs')
    const called = join(dataDir, 'called')
    await mkdir(programs)
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open'
    await writeFile(
      join(programs, opener),
      `#!/bin/sh\necho "$@" > '${called}.new' && mv '${called}.new' '${called}'\n`,
      {
        mode: 0o755,
      },
    )
    const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` }
    await startServing([program], ['--open'], env)
    await vi.waitUntil(() => existsSync(called), { timeout: LIMIT_MS })
    const address = (await readFile(called, 'utf8')).trim()
    expect(address).toBe(pathToFileURL(join(dataDir, 'sign-in.html')).href)
    expect((await stat(fileURLToPath(address))).mode & 0o777).toBe(PRIVATE_MODE)
    expect(await readFile(fileURLToPath(address), 'utf8')).toContain('/link#')
    if (process.getuid?.() === 0) await expect(readAs(65_534, fileURLToPath(address))).rejects.toThrow('denied')
  })

  it('is stopped in order by a launcher that is told to end', { timeout: 60_000 }, async () => {
    await startServing(['--input-type=module', '-e', launcher, '--'])
    const exit = once(started, 'exit')
    started.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(existsSync(engineFilePath(dataDir))).toBe(false)
  })
})

/** Reads a file as another user; rejects with what `cat` says. */
async function readAs(uid: number, path: string): Promise<string> {
  // Its folders let everybody pass: what is tried is the file itself.
  await chmod(dirname(path), 0o755)
  return (await promisify(execFile)('cat', [path], { uid, gid: uid })).stdout
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
