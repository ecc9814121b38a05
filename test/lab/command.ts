import { type ChildProcess, spawn } from 'node:child_process'

/** What a finished command left behind. `code` is 128 + signal number where a signal ended it. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How a command is run. */
export interface CommandOptions {
  readonly input?: string
  readonly timeoutMs?: number
  /** A code other than 0 is an answer, not an error. */
  readonly allowFailure?: boolean
}

const outputLimitBytes = 16 * 1024 * 1024

/**
 * Runs one program to its end and returns what it printed.
 * Throws an Error with the command line and its stderr when it fails (unless `allowFailure`), prints more than 16 MiB
 * or takes longer than `timeoutMs` (default 90 s).
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input = '', timeoutMs = 90_000, allowFailure = false } = options
  const line = [command, ...args].join(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    let bytes = 0
    const fail = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`${line}: ${why}`))
    }
    const timer = setTimeout(() => fail(`no end after ${timeoutMs} ms`), timeoutMs)
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length
        output[name].push(chunk)
        if (bytes > outputLimitBytes) fail('too much output')
      })
    }
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new Error(`${line}: ${error.message}`))
    })
    // 'exit' and not 'close': a daemon that the command started may keep the pipes open.
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      drained(
        child,
        () => bytes,
        () => {
          child.stdout.destroy()
          child.stderr.destroy()
          const result = {
            code: code ?? (signal === 'SIGKILL' ? 137 : 128),
            stdout: Buffer.concat(output.stdout).toString('utf8'),
            stderr: Buffer.concat(output.stderr).toString('utf8'),
          }
          if (result.code === 0 || allowFailure) resolve(result)
          else reject(new Error(`${line}: exit code ${result.code}\n${result.stderr || result.stdout}`))
        },
      )
    })
    // A program that ends without reading its input is no failure of ours; its exit code tells.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/**
 * Calls `then` once what an ended program wrote has been read: when its pipes are closed or, where a daemon keeps them
 * open, when two whole turns of the event loop have brought nothing. What it wrote lies in the pipes already, and every
 * turn reads what lies there.
 */
function drained(child: ChildProcess, bytesRead: () => number, then: () => void): void {
  let quietTurns = 0
  let seen = bytesRead()
  let done = false
  const finish = (): void => {
    if (done) return
    done = true
    then()
  }
  const look = (): void => {
    quietTurns = bytesRead() === seen ? quietTurns + 1 : 0
    seen = bytesRead()
    if (quietTurns > 2) finish()
    else setImmediate(look)
  }
  child.once('close', finish)
  setImmediate(look)
}

/**
 * Asks `probe` again and again until it gives something else than undefined or false; returns that.
 * Throws after `timeoutMs` with `what` and the last error of the probe.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 60_000,
  pauseMs = 25,
): Promise<T> {
  const end = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== false) return answer
      last = undefined
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  throw new Error(`${what}: not within ${timeoutMs} ms${last instanceof Error ? ` (${last.message})` : ''}`)
}
