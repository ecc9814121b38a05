import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { waitFor } from '../lab/command.ts'
import { type Bench, median } from './bench.ts'
import { startBrowserWithProfile } from './browser.ts'

const STARTS = 7
const LIMIT_MS = 1_500
const root = resolve(import.meta.dirname, '../..')

/**
 * From `npm start` with everything built to a page that can be used, in a browser that is already open and keeps what it
 * has loaded before, as the window shell's does: what starting that browser adds depends on the browser.
 */
export const benchAppStart: Bench = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'virtdeck-bench-'))
  const context = await startBrowserWithProfile(join(dataDir, 'window'))
  const times: number[] = []
  try {
    for (let index = 0; index <= STARTS; index += 1) {
      const startedAt = performance.now()
      const app = startApp(dataDir)
      const page = await context.newPage()
      await page.goto(await app.url)
      await page.getByRole('button', { name: 'Add host…' }).first().waitFor()
      if (index > 0) times.push(performance.now() - startedAt)
      await page.close()
      await app.stop()
    }
  } finally {
    await context.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  const middle = median(times)
  return [
    {
      name: 'warm `npm start` → usable page',
      unit: 'ms',
      ours: middle,
      peer: null,
      ratio: null,
      target: `≤ ${LIMIT_MS} ms`,
      met: middle <= LIMIT_MS,
    },
  ]
}

function startApp(dataDir: string): { readonly url: Promise<string>; stop(): Promise<void> } {
  const child = spawn('npm', ['start', '--', '--shell', 'server', '--data-dir', dataDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    // a group of its own, as npm does not always pass a signal on
    detached: true,
  })
  let printed = ''
  const url = new Promise<string>((resolveUrl, reject) => {
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const link = /https?:\/\/127\.0\.0\.1:\d+\/\S*/.exec(printed)?.[0]
      if (link !== undefined) resolveUrl(link)
    })
  })
  return {
    url,
    async stop() {
      const exited = new Promise((resolveStop) => child.once('exit', resolveStop))
      const { pid } = JSON.parse(await readFile(join(dataDir, 'engine.json'), 'utf8')) as { pid: number }
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await exited
      // npm may be gone before the engine is
      await waitFor('the engine ends', () => !existsSync(`/proc/${pid}`))
    },
  }
}
