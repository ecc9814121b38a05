import { userInfo } from 'node:os'
import { join } from 'node:path'
import { app, dialog, ipcMain, Menu, protocol, safeStorage, session } from 'electron'
import type { NativeMenu } from '../../../shared/contract/index.ts'
import { toWireError } from '../../../shared/errors/index.ts'
import { createKeyFileCipher, type SecretCipher } from '../../inventory/index.ts'
import { createAdministrator } from '../administrator.ts'
import { type ComposedEngine, composeEngine } from '../compose.ts'
import { guardProcess } from '../guard-process.ts'
import { openShellInventory } from '../open-inventory.ts'
import { openEngineLog } from '../server/log.ts'
import { VERSION } from '../version.ts'
import { serveAppScheme } from './app-protocol.ts'
import { READY_CHANNEL } from './channels.ts'
import { hardenPages, isTrustedSender } from './harden.ts'
import { buildMenuTemplate } from './menu.ts'
import { createPageConnections } from './page-connections.ts'
import { createSafeStorageCipher, decideKeyStore } from './secrets.ts'
import { shellTexts } from './texts.ts'
import { openWindowState } from './window-state.ts'
import { createWindows } from './windows.ts'

/** How long tasks get to end, and after which the app is gone whatever hangs. */
const TASK_GRACE_MS = 10_000
const STOP_LIMIT_MS = 20_000

export interface ShellOptions {
  readonly dataDir: string
  readonly rendererDir: string
  readonly preloadPath: string
}

/** Brings up the app: windows at once, the engine beside them. The app must hold the single-instance lock. */
export async function startShell({ dataDir, rendererDir, preloadPath }: ShellOptions): Promise<void> {
  await app.whenReady()
  const texts = shellTexts(app.getLocale())
  const developer = !app.isPackaged
  const { logger: log, close: closeLog } = openEngineLog(dataDir, (line) => process.stderr.write(line))
  guardProcess(log)
  const state = openWindowState(join(dataDir, 'window.json'))
  const keyStoreLack = decideKeyStore(
    process.platform,
    safeStorage.isEncryptionAvailable(),
    process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : '',
  )
  const cipher = keyStoreLack === null ? { cipher: chooseCipher(dataDir) } : {}
  const engine = openShellInventory({ dataDir, log, ...cipher }).then((inventory) =>
    composeEngine({
      inventory,
      shell: 'electron',
      version: VERSION,
      log,
      canSignOut: false,
      stopGraceMs: TASK_GRACE_MS,
    }),
  )
  engine.then(
    () => log.info({ keyStore: keyStoreLack ?? 'system' }, 'engine started'),
    (error: unknown) => {
      dialog.showErrorBox(texts.startFailed, texts.describeError(toWireError(error)))
      app.exit(1)
    },
  )

  let menus: readonly NativeMenu[] = []
  const setMenu = () => {
    const template = buildMenuTemplate({
      menus,
      texts,
      platform: process.platform,
      developer,
      onChosen: (id) => {
        const page = windows.showMain().webContents
        connections.send(page, { t: 'menu-chosen', id })
      },
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
  const connections = createPageConnections({
    engine,
    identity: createAdministrator(userInfo().username),
    log,
    onMenus: (page, next) => {
      if (page !== windows.main?.webContents) return
      menus = next
      setMenu()
    },
  })
  const requestQuit = createQuit({
    engine,
    texts,
    finish: async () => {
      await state.change({})
      closeLog()
    },
  })
  const windows = createWindows({ preloadPath, developer, state, closeLast: requestQuit })

  await serveAppScheme(protocol, rendererDir)
  hardenPages(app, session.defaultSession)
  ipcMain.on(READY_CHANNEL, (event) => {
    if (isTrustedSender(event)) connections.connect(event.sender)
    else log.warn({ url: event.senderFrame?.url }, 'a message of a strange page was refused')
  })
  app.on('second-instance', () => void windows.showMain())
  app.on('activate', () => void windows.showMain())
  app.on('before-quit', (event) => {
    event.preventDefault()
    requestQuit()
  })
  setMenu()
  windows.showMain()
  if (keyStoreLack !== null && !state.state.keyFileNoticeShown) {
    await state.change({ keyFileNoticeShown: true })
    await dialog.showMessageBox({
      type: 'info',
      message: texts.keyFileTitle,
      detail: texts.keyFileDetail,
      buttons: [texts.understood],
    })
  }
}

function chooseCipher(dataDir: string): SecretCipher {
  return createSafeStorageCipher(safeStorage, createKeyFileCipher(join(dataDir, 'secrets.key')))
}

interface QuitOptions {
  readonly engine: Promise<ComposedEngine>
  readonly texts: ReturnType<typeof shellTexts>
  /** What is left to do when the engine has stopped. */
  readonly finish: () => Promise<void>
}

/** The way out: asks while work is running, stops the engine, and only then ends the app, past all that could prevent it. */
function createQuit({ engine, texts, finish }: QuitOptions): () => void {
  let asked = false

  async function quit(): Promise<void> {
    const composed = await engine.catch(() => null)
    if (composed !== null) {
      const underWay = composed.engine.underWay()
      if (underWay.length > 0) {
        const { response } = await dialog.showMessageBox({
          type: 'question',
          message: texts.runningTasks(underWay.length),
          detail: texts.runningTasksDetail(underWay.map(({ task, goesOn }) => ({ ...task, goesOn }))),
          buttons: [texts.quit, texts.cancel],
          defaultId: 1,
          cancelId: 1,
        })
        if (response !== 0) {
          asked = false
          return
        }
      }
      const limit = setTimeout(() => app.exit(1), STOP_LIMIT_MS)
      await composed.stop()
      clearTimeout(limit)
    }
    await finish()
    app.exit(0)
  }

  return () => {
    if (asked) return
    asked = true
    quit().catch((error: unknown) => {
      process.stderr.write(`virtdeck: ${String(error)}\n`)
      app.exit(1)
    })
  }
}
