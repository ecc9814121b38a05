// What the tools share: a line on what is done, a child whose output goes to stderr, one process at a time.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Says what is done. On stderr: stdout belongs to the command (`--json`). */
export function say(text) {
  process.stderr.write(`virtdeck: ${text}\n`)
}

/** Runs a command with its output on stderr; resolves with the exit code, 127 when it can't be started, 124 after the time limit. Ends with this process. */
export function runShown(command, args, options = {}) {
  const { timeoutMs, ...spawnOptions } = options
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
      ...spawnOptions,
    })
    const timer = timeoutMs
      ? setTimeout(() => {
          child.kill()
          resolve(124)
        }, timeoutMs)
      : undefined
    const end = () => {
      child.kill()
      process.exit(130)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, end)
    const finish = (code) => {
      clearTimeout(timer)
      for (const signal of signals) process.off(signal, end)
      resolve(code)
    }
    child.on('error', () => finish(127))
    child.on('exit', (code) => finish(code ?? 1))
  })
}

/** Runs `work` while `file` is ours; another process that wants the same waits. A lock of a dead process counts as none. */
export async function withFileLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!tryLock(file)) {
    if (!told) say(`waiting for another process that is installing or building (${file})`)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function tryLock(file) {
  try {
    const handle = openSync(file, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid > 0) process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'ENOENT') return false
    rmSync(file, { force: true })
    return tryLock(file)
  }
  return false
}
