import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

/** The Chromium that shows the stand-in's windows. */
export interface DrivenBrowser {
  readonly context: BrowserContext
  /** Where a test attaches to the same browser. */
  readonly endpoint: string
  readonly pid: number
  close(): Promise<void>
}

const START_LIMIT_MS = 30_000
const PROGRAM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

/** Starts a Chromium with the profile in `profileDir`, whose pages believe they are in Electron by their user agent. */
export async function startBrowser(profileDir: string): Promise<DrivenBrowser> {
  const userAgent =
    'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Electron/45.4.1'
  const child = spawn(
    PROGRAM,
    [
      '--headless=new',
      '--no-sandbox',
      '--no-first-run',
      '--disable-gpu',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-agent=${userAgent}`,
      `--user-data-dir=${profileDir}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  // However this process ends (but for SIGKILL), it leaves no browser behind.
  process.on('exit', () => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stderr })
  const endpoint = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${PROGRAM} did not start`)), START_LIMIT_MS)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${PROGRAM} ended with ${code}`)))
    lines.on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(found)
    })
  })
  const browser: Browser = await chromium.connectOverCDP(endpoint)
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('the browser has no context')
  return {
    context,
    endpoint,
    pid: child.pid ?? 0,
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}
