import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Where the lab keeps its machine-wide state: locks and one file a slot. Gone after a reboot, as the hosts are. */
export const runDir = '/run/virtdeck-lab'

/** A held lock. `release` gives it back; the kernel does so too when the holder dies. */
export interface Lock {
  release(): Promise<void>
}

/**
 * Takes the lock `name` of this machine, by flock(1).
 * The lock is held by a small shell whose input is a pipe of ours: when we die, however we die, its input ends, it runs
 * `afterCrash` (a program and its arguments) still under the lock, and ends.
 * Returns undefined when somebody else holds the lock for longer than `waitMs`.
 */
export function acquireLock(
  name: string,
  options: { readonly waitMs?: number; readonly afterCrash?: readonly string[] } = {},
): Promise<Lock | undefined> {
  const { waitMs = 0, afterCrash = ['true'] } = options
  mkdirSync(runDir, { recursive: true, mode: 0o700 })
  const script = 'echo held; if read -r word; then exit 0; fi; exec "$0" "$@"'
  const wait = waitMs === 0 ? ['-n'] : ['-w', String(waitMs / 1000)]
  // detached: Ctrl+C in the terminal must not end the keeper before it has cleaned up
  const child = spawn('flock', [...wait, `${runDir}/${name}.lock`, 'sh', '-c', script, ...afterCrash], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const release = async (): Promise<void> => {
    child.ref()
    child.stdin.end('done\n')
    await ended
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.stdin.on('error', () => undefined)
    child.once('exit', () => resolve(undefined))
    child.stdout.once('data', () => {
      child.stdout.resume()
      child.unref()
      resolve({ release })
    })
  })
}

/** Runs `work` while holding the lock `name`; waits up to a minute for it. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(name, { waitMs: 60_000 })
  if (!lock) throw new Error(`Another process holds the lab's lock ${runDir}/${name}.lock for more than a minute.`)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}
