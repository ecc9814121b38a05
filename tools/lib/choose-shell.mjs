// Which shell `npm start` uses, and why.
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { environment, projectDir, requireNode24 } from './node24.mjs'
import { runShown, say } from './steps.mjs'

const failedFetch = join(projectDir, 'node_modules/.virtdeck-electron-fetch-failed')
const fetchAgainMs = 24 * 3_600_000
const fetchLimitMs = 90_000

/**
 * Decides the shell: `{ shell: 'electron' | 'window' | 'server', why, browser? }`. Electron where its binary is or can be
 * fetched; else a browser's app window where a display and a browser are; else the server alone. `forced` overrides;
 * ends the process with a sentence when the forced shell can't run here.
 */
export async function decideShell(forced) {
  const display = findDisplay()
  const browser = findBrowser()
  if (forced === 'server') return { shell: 'server', why: 'asked for' }
  if (forced === 'window') {
    if (!browser) fail('--shell window needs Chromium, Chrome or Edge; set CHROMIUM_PATH if it is installed elsewhere.')
    if (!display) fail('--shell window needs a display, and neither DISPLAY nor WAYLAND_DISPLAY is set.')
    return { shell: 'window', why: 'asked for', browser }
  }
  if (forced === 'electron') {
    if (!display) fail('--shell electron needs a display, and neither DISPLAY nor WAYLAND_DISPLAY is set.')
    if (!findElectron() && !(await fetchElectron())) fail("Electron's binary is not here and could not be fetched.")
    return { shell: 'electron', why: 'asked for' }
  }
  if (!display) return { shell: 'server', why: 'neither DISPLAY nor WAYLAND_DISPLAY is set, so no window can open' }
  if (findElectron()) return { shell: 'electron', why: 'its binary is installed' }
  if (!fetchFailedLately() && (await fetchElectron())) return { shell: 'electron', why: 'its binary was fetched' }
  const missing = "Electron's binary is not here and could not be fetched"
  if (browser) return { shell: 'window', why: `${missing}; using ${browser}`, browser }
  return { shell: 'server', why: `${missing}, and no Chromium or Chrome was found` }
}

/** Electron's executable, or undefined when its binary was not fetched. */
export function findElectron() {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return createRequire(import.meta.url)('electron')
  const home = join(projectDir, 'node_modules/electron')
  const pathFile = join(home, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const executable = join(home, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(executable) ? executable : undefined
}

function findDisplay() {
  if (process.platform !== 'linux') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/** A browser that can show one page as a window of its own (Chromium and its kin). */
export function findBrowser() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  const programs = process.env.ProgramFiles ?? 'C:\\Program Files'
  const fixed = {
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    win32: [
      `${programs}\\Google\\Chrome\\Application\\chrome.exe`,
      `${programs} (x86)\\Microsoft\\Edge\\Application\\msedge.exe`,
    ],
  }[process.platform]
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return (fixed ?? onPath).find(isExecutable)
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A failed try is remembered for a day, so that it does not cost every start its time. */
function fetchFailedLately() {
  const info = statSync(failedFetch, { throwIfNoEntry: false })
  return info !== undefined && Date.now() - info.mtimeMs < fetchAgainMs
}

async function fetchElectron() {
  say(`fetching Electron's binary (once, about 110 MB; given up after ${fetchLimitMs / 1000} s)`)
  const node = requireNode24()
  const installer = join(projectDir, 'node_modules/electron/install.js')
  const code = await runShown(node, [installer], { env: environment(node), timeoutMs: fetchLimitMs, shell: false })
  if (code === 0 && findElectron()) return true
  writeFileSync(failedFetch, new Date().toISOString())
  say(
    `Electron's binary could not be fetched; the next try is in a day, or at once with: npm start -- --shell electron`,
  )
  return false
}

function fail(text) {
  console.error(text)
  process.exit(1)
}
