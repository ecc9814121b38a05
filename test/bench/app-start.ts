import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { waitFor } from '../lab/command.ts'
import { alternate, type Bench } from './bench.ts'
import { startBrowserWithProfile } from './browser.ts'

const STARTS = 7
const LIMIT_MS = 1_500
const BUTTON = 'Add host…'
const root = resolve(import.meta.dirname, '../..')

/** What npm, the machine's Node and the browser take by themselves: a page with one button, from a program that has no more. */
const leastProgram = `import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
const page = '<!doctype html><title>Least</title><button>${BUTTON}</button>'
const server = createServer((_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end(page))
server.listen(0, '127.0.0.1', () => {
  writeFileSync('engine.json', JSON.stringify({ pid: process.pid }))
  console.log(\`http://127.0.0.1:\${server.address().port}/\`)
})
`

/**
 * From `npm start` with everything built to a page that can be used, in a browser that is already open and keeps what it
 * has loaded before, as the window shell's does: what starting that browser adds depends on the browser. The peer is the
 * least that can be started and shown that way; its time says how fast the machine was just then.
 */
export const benchAppStart: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-bench-'))
  const ours: Program = { cwd: root, dataDir: folder, args: ['--', '--shell', 'server', '--data-dir', folder] }
  const peer: Program = { cwd: join(folder, 'least'), dataDir: join(folder, 'least'), args: [] }
  await mkdir(peer.cwd)
  await writeFile(
    join(peer.cwd, 'package.json'),
    JSON.stringify({ type: 'module', scripts: { start: 'node least.js' } }),
  )
  await writeFile(join(peer.cwd, 'least.js'), leastProgram)
  const context = await startBrowserWithProfile(join(folder, 'window'))
  try {
    const times = await alternate(
      STARTS,
      () => measureStart(context, ours),
      () => measureStart(context, peer),
    )
    return [
      {
        name: 'warm `npm start` → usable page; peer: the least page',
        unit: 'ms',
        ours: times.ours,
        peer: times.peer,
        ratio: times.oursToPeer,
        target: `≤ ${LIMIT_MS} ms`,
        met: times.ours <= LIMIT_MS,
      },
    ]
  } finally {
    await context.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Program {
  readonly cwd: string
  /** Where it leaves engine.json. */
  readonly dataDir: string
  readonly args: readonly string[]
}

async function measureStart(context: BrowserContext, program: Program): Promise<number> {
  const page = await context.newPage()
  const startedAt = performance.now()
  const app = startApp(program)
  try {
    await page.goto(await app.url)
    await page.getByRole('button', { name: BUTTON }).first().waitFor()
    return performance.now() - startedAt
  } finally {
    await page.close()
    await app.stop()
  }
}

interface App {
  readonly url: Promise<string>
  stop(): Promise<void>
}

function startApp({ cwd, dataDir, args }: Program): App {
  const child = spawn('npm', ['start', ...args], {
    cwd,
    env: { ...process.env, PATH: pathOfThePerson() },
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

/** The PATH without what brought this bench to its Node: a person's npm runs under the Node of the machine. */
function pathOfThePerson(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.filter((each) => !each.includes('node_modules') && !each.includes('node-gyp-bin')).join(delimiter)
}
