import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { app, dialog, protocol } from 'electron'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { resolveDataDir } from '../../inventory/index.ts'
import { formatError } from '../error-texts.ts'
import { declareAppScheme } from './app-protocol.ts'
import { startShell } from './shell.ts'

/*
 * The entry of the Electron shell: out/main/electron.js, beside the engine's own program (engine.js), out/preload and
 * out/renderer. Everything here happens
 * before the app is ready, as Electron wants it.
 */
declareAppScheme(protocol)

// The terminal that it was started from may be closed: a warning that nobody reads ends nothing.
process.stderr.on('error', () => undefined)

// Chromium's own switches are among the arguments too, so nothing is refused.
const { values } = parseArgs({
  args: process.argv.slice(1),
  strict: false,
  options: { 'data-dir': { type: 'string' }, demo: { type: 'boolean' } },
})
// A demo has an inventory of its own, which nobody else finds, and which is gone when the app is.
const demo = values.demo === true
const override = demo ? mkdtempSync(join(tmpdir(), 'virtdeck-demo-')) : values['data-dir']
const dataDir = resolveDataDir({
  env: process.env,
  platform: process.platform,
  homeDir: homedir(),
  cwd: process.cwd(),
  ...(typeof override === 'string' ? { override } : {}),
})
// The last that this process does, whichever way it ends.
if (demo) process.once('exit', removeDemo)
if (!takeDataDir()) app.exit(1)
else if (app.requestSingleInstanceLock()) {
  const out = join(import.meta.dirname, '..')
  startShell({
    dataDir,
    rendererDir: join(out, 'renderer'),
    preloadPath: join(out, 'preload', 'preload.cjs'),
    enginePath: join(out, 'main', 'engine.js'),
    demo,
  }).catch((error: unknown) => {
    process.stderr.write(`virtdeck: ${error instanceof Error ? error.stack : String(error)}\n`)
    app.exit(1)
  })
} else {
  // The other instance comes to the front.
  app.exit(0)
}

/** What Chromium still writes there is not worth a complaint: the folder is the temporary one's. */
function removeDemo(): void {
  try {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    process.stderr.write(`virtdeck: ${dataDir} could not be removed (${String(error)})\n`)
  }
}

/** One inventory is one app: the lock, and Chromium's own files, belong to the folder. Electron wants it to be there. */
function takeDataDir(): boolean {
  const userData = join(dataDir, 'electron')
  try {
    mkdirSync(userData, { recursive: true, mode: 0o700 })
    app.setPath('userData', userData)
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const unusable = new AppError('inventory.folder-unusable', { path: dataDir, reason }, { cause: error })
    dialog.showErrorBox('Virtdeck', formatError(toWireError(unusable)))
    return false
  }
}
