// Runs a program and keeps what it prints.
import { spawn } from 'node:child_process'
import { environment, projectDir } from './node24.mjs'

/** What a program that is told to end gets to do so, before it is made to. */
const graceMs = 15_000

/** Resolves with `{ code, output, seconds }`; `echo` shows the output as it comes. Code 124 after `timeoutMs`, 127 when it can't be started. */
export function runCaptured(command, args, { env = {}, echo = false, timeoutMs = 600_000 } = {}) {
  const started = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: projectDir,
      env: { ...environment(), NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      detached: process.platform !== 'win32',
    })
    let output = ''
    let late = false
    let killTimer
    const keep = (chunk) => {
      output += chunk
      if (echo) process.stdout.write(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    const timer = setTimeout(() => {
      late = true
      output += `\n${command}: no end after ${timeoutMs / 1000} s\n`
      endTree(child)
      killTimer = setTimeout(() => endTree(child, 'SIGKILL'), graceMs)
    }, timeoutMs)
    const finish = (code) => {
      clearTimeout(timer)
      clearTimeout(killTimer)
      running.delete(child)
      resolve({ code: late ? 124 : code, output, seconds: (performance.now() - started) / 1000 })
    }
    running.add(child)
    child.on('error', (error) => {
      output += error.message
      finish(127)
    })
    child.on('close', (code) => finish(code ?? 1))
  })
}

const running = new Set()

/** Ends what was started, with its children: called when this process is told to end. */
export function endAll() {
  for (const child of running) endTree(child)
}

function endTree(child, signal = 'SIGTERM') {
  try {
    if (process.platform === 'win32') child.kill()
    else process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
