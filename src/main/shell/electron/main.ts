import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { app, protocol } from 'electron'
import { resolveDataDir } from '../../inventory/index.ts'
import { declareAppScheme } from './app-protocol.ts'
import { startShell } from './shell.ts'

/*
 * The entry of the Electron shell: out/main/electron.js, beside out/preload and out/renderer. Everything here happens
 * before the app is ready, as Electron wants it.
 */
declareAppScheme(protocol)

// Chromium's own switches are among the arguments too, so nothing is refused.
const { values } = parseArgs({
  args: process.argv.slice(1),
  strict: false,
  options: { 'data-dir': { type: 'string' } },
})
const override = values['data-dir']
const dataDir = resolveDataDir({
  env: process.env,
  platform: process.platform,
  homeDir: homedir(),
  cwd: process.cwd(),
  ...(typeof override === 'string' ? { override } : {}),
})
// One inventory is one app: the lock, and Chromium's own files, belong to the folder.
app.setPath('userData', join(dataDir, 'electron'))

if (app.requestSingleInstanceLock()) {
  const out = join(import.meta.dirname, '..')
  startShell({
    dataDir,
    rendererDir: join(out, 'renderer'),
    preloadPath: join(out, 'preload', 'preload.cjs'),
  }).catch((error: unknown) => {
    process.stderr.write(`virtdeck: ${error instanceof Error ? error.stack : String(error)}\n`)
    app.exit(1)
  })
} else {
  // The other instance comes to the front.
  app.exit(0)
}
