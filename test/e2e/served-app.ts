import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A running server shell with a data folder of its own. */
export interface ServedApp {
  /** The one-time sign-in link that it printed. */
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything that it printed so far. */
  readonly output: () => string
  /** Sends SIGTERM and resolves with the exit code; removes the data folder unless `keepData`. */
  stop(options?: { readonly keepData?: boolean }): Promise<number | null>
}

const cli = resolve(import.meta.dirname, '../../out/main/cli.js')
const startLimitMs = 30_000
const stopLimitMs = 20_000

/**
 * Starts the built server shell on a free port of 127.0.0.1, with a home folder of its own, so that the tester's
 * ~/.ssh is never read or written. Throws with its output when it does not print a link in time.
 */
export async function startServedApp(
  options: {
    readonly dataDir?: string
    readonly args?: readonly string[]
    readonly launcher?: readonly [string, ...string[]]
    /** With simulated hosts; the folder that it makes for them is in `dataDir`. */
    readonly demo?: boolean
  } = {},
): Promise<ServedApp> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'virtdeck-e2e-')))
  const own = options.demo === true ? ['--demo'] : ['--data-dir', dataDir]
  const serve = [cli, 'serve', ...own, ...(options.args ?? [])]
  // `env` runs what comes after it, in its own place.
  const [program, ...launched] = options.launcher ?? ['env']
  const child = spawn(program, [...launched, process.execPath, ...serve], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HOME: join(dataDir, 'home'),
      SSH_AUTH_SOCK: '',
      ...(options.demo === true ? { TMPDIR: dataDir } : {}),
    },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      printed = (printed + text).slice(-100_000)
    })
  }
  const url = await linkOf(child, () => printed)
  const { pid } = child
  if (pid === undefined) throw new Error('the server shell has no pid')
  return {
    url,
    dataDir,
    pid,
    output: () => printed,
    async stop({ keepData = false } = {}) {
      const code = await end(child)
      if (!keepData) await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

function linkOf(child: ChildProcess, printed: () => string): Promise<string> {
  return new Promise((resolveLink, reject) => {
    const timer = setTimeout(() => fail('printed no link in time'), startLimitMs)
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the server shell ${why}:\n${printed()}`))
    }
    child.once('exit', (code) => fail(`ended with ${code}`))
    child.stdout?.on('data', () => {
      const link = /https?:\/\/127\.0\.0\.1:\d+\/\S*/.exec(printed())?.[0]
      if (link === undefined) return
      clearTimeout(timer)
      child.removeAllListeners('exit')
      resolveLink(link)
    })
  })
}

function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolveEnd, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error('the server shell did not stop on SIGTERM'))
    }, stopLimitMs)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolveEnd(code)
    })
    child.kill('SIGTERM')
  })
}
