// The three ways to run the app.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findElectron } from './choose-shell.mjs'
import { environment, forwardSignals, projectDir, requireNode24, runProgram } from './node24.mjs'
import { say } from './steps.mjs'
import { windowFlags } from './window-flags.mjs'

const engineProgram = join(projectDir, 'out/main/cli.js')
const isRoot = process.getuid?.() === 0

/** The engine with its web server; the URL is on its output. */
export function startServer(args) {
  return runProgram(engineProgram, ['serve', ...args])
}

/** Electron on the built app. */
export function startElectron(args) {
  if (isRoot) say("running as root: Electron's sandbox is off (--no-sandbox)")
  const flags = isRoot ? ['--no-sandbox'] : []
  const child = spawn(findElectron(), [...flags, projectDir, ...args], { stdio: 'inherit', env: environment() })
  forwardSignals(child)
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** The engine, and a browser's app window on it. Closing the window stops the engine; a window that can't open leaves it running. */
export async function startWindow(browser, args) {
  const node = requireNode24()
  // Not the link itself: a command line is for all users of this computer to read.
  const dataDir = dataDirOf(args)
  const linkFile = join(dataDir, 'sign-in.html')
  const server = spawn(node, [engineProgram, 'serve', ...args, '--link-file', linkFile], {
    stdio: ['inherit', 'pipe', 'inherit', 'ipc'],
    env: environment(node),
  })
  forwardSignals(server)
  let window
  server.on('exit', (code) => {
    // Nothing is left that it could show.
    window?.kill()
    if (isDemo(args)) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
    process.exit(code ?? 1)
  })
  await untilUrl(server.stdout)
  if (isRoot) say("running as root: the browser's sandbox is off (--no-sandbox)")
  const profile = join(dataDir, 'window')
  const flags = [...windowFlags, ...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${profile}`, '--class=virtdeck']
  const started = performance.now()
  if (!existsSync(linkFile)) return say('the disk is full: no window could be opened, open the URL above in a browser')
  window = spawn(browser, [...flags, `--app=${pathToFileURL(linkFile)}`], { stdio: 'ignore' })
  const openedNot = (why) =>
    say(`the window could not be opened (${why}); the engine runs on, open the URL above in a browser`)
  window.on('error', (error) => openedNot(error.message))
  window.on('exit', (code) => {
    if (code !== 0 && performance.now() - started < 5000) openedNot(`${browser} ended with exit code ${code}`)
    else server.kill('SIGTERM')
  })
}

/** Where the window keeps its browser profile: the engine's data folder; on Windows what does not roam with the person. */
function dataDirOf(args) {
  // The engine of a demo makes a folder of its own; what the window keeps goes into another one beside it.
  if (isDemo(args)) return mkdtempSync(join(tmpdir(), 'virtdeck-demo-window-'))
  const at = args.findIndex((argument) => argument === '--data-dir' || argument.startsWith('--data-dir='))
  if (at >= 0) return args[at].split('=')[1] ?? args[at + 1]
  if (process.platform === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'Virtdeck')
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/Virtdeck')
  return join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'virtdeck')
}

function isDemo(args) {
  return args.includes('--demo')
}

/** Shows what the engine prints; resolves once that has its URL. */
function untilUrl(stream) {
  return new Promise((resolve) => {
    let text = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk) => {
      process.stdout.write(chunk)
      text = (text + chunk).slice(-10_000)
      if (/https?:\/\/[^\s"]+[\s"]/.test(text)) resolve()
    })
  })
}
