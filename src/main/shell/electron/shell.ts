import { join } from 'node:path'
import { app, dialog, ipcMain, Menu, protocol, safeStorage, session } from 'electron'
import type { NativeMenu } from '../../../shared/contract/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import { guardProcess } from '../guard-process.ts'
import { openLog } from '../server/log.ts'
import { serveAppScheme } from './app-protocol.ts'
import { READY_CHANNEL } from './channels.ts'
import { decideKeyStore } from './decide-key-store.ts'
import { type EngineEnd, type EngineKeeper, keepEngine } from './engine-keeper.ts'
import { startEngineProcess } from './engine-process.ts'
import { hardenPages, isTrustedSender } from './harden.ts'
import { buildMenuTemplate } from './menu.ts'
import { createPageConnections } from './page-connections.ts'
import { createQuit } from './quit.ts'
import { shellTexts } from './texts.ts'
import { openWindowState } from './window-state.ts'
import { createWindows } from './windows.ts'

/** Beside the engine's own log: two processes do not share a file that is exchanged when it is full. */
const LOG_NAME = 'virtdeck-window.log'

export interface ShellOptions {
  readonly dataDir: string
  readonly rendererDir: string
  readonly preloadPath: string
  readonly enginePath: string
  /** With simulated hosts: `dataDir` is a new one. */
  readonly demo: boolean
}

/**
 * Brings up the app: windows at once, the engine beside them in a process of its own. The app must hold the single-instance
 * lock.
 */
export async function startShell({ dataDir, rendererDir, preloadPath, enginePath, demo }: ShellOptions): Promise<void> {
  await app.whenReady()
  const texts = shellTexts(app.getLocale())
  const developer = !app.isPackaged
  const { logger: log, close: closeLog } = openLog(join(dataDir, LOG_NAME), (line) => process.stderr.write(line))
  guardProcess(log)
  const state = openWindowState(join(dataDir, 'window.json'))
  const keyStore = decideKeyStore(
    process.platform,
    safeStorage.isEncryptionAvailable(),
    process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : '',
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
    log,
    onMenus: (page, next) => {
      if (page !== windows.main?.webContents) return
      menus = next
      setMenu()
    },
  })
  let keeper: EngineKeeper | null = null
  const requestQuit = createQuit({
    fetchUnderWay: async (limitMs) => keeper?.fetchUnderWay(limitMs) ?? [],
    stopEngine: async (limitMs) => keeper?.stop(limitMs),
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
  // The window first: its page loads while the engine starts.
  windows.showMain()
  keeper = keepEngine({
    start: () =>
      startEngineProcess({
        enginePath,
        dataDir,
        keyStore,
        demo,
        storage: safeStorage,
        log,
        onClientClosed: connections.clientClosed,
      }),
    log,
    onUp: connections.joinEngine,
    onDown: (end) => {
      connections.loseEngine()
      connections.sendAll({ t: 'notice', error: toWireError(describeEnd(end)) })
      if (end.isGivenUp) void askForStart(end)
    },
    onRefused: (error) => {
      dialog.showErrorBox(texts.startFailed, texts.describeError(toWireError(error)))
      app.exit(1)
    },
  })

  async function askForStart(end: EngineEnd): Promise<void> {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: texts.engineGivenUp(end.endsInRow),
      detail: texts.engineGivenUpDetail(texts.describeError(toWireError(describeEnd(end))), dataDir),
      buttons: [texts.startAgain, texts.quit],
      defaultId: 0,
      cancelId: 1,
    })
    if (response === 0) keeper?.startAgain()
    else requestQuit()
  }

  if (keyStore !== 'system' && !state.state.keyFileNoticeShown) {
    await state.change({ keyFileNoticeShown: true })
    await dialog.showMessageBox({
      type: 'info',
      message: texts.keyFileTitle,
      detail: texts.keyFileDetail,
      buttons: [texts.understood],
    })
  }
}

/** Its own words where it had some. */
function describeEnd({ error, exitCode }: EngineEnd): AppError {
  return error ?? new AppError('engine.ended', { exitCode })
}
