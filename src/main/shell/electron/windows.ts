import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, screen } from 'electron'
import { decideWindowOpen } from './decide-window-open.ts'
import { APP_ORIGIN } from './origin.ts'
import { decideBounds, MAIN_WINDOW_MINIMUM, MAIN_WINDOW_SIZE, type WindowStateFile } from './window-state.ts'

const CONSOLE_WINDOW_SIZE = { width: 1_040, height: 860 } as const
/** A window that is being dragged tells its place many times a second. */
const SAVE_DELAY_MS = 500

/** The app's windows. */
export interface Windows {
  /** Brings the main window to the front, making it when it is not there. */
  showMain(): BrowserWindow
  readonly main: BrowserWindow | null
}

export interface WindowsOptions {
  readonly preloadPath: string
  readonly developer: boolean
  readonly state: WindowStateFile
  /** Called when the last window is told to close. It stays: the app ends with it, when it may. */
  readonly closeLast: () => void
}

/** Creates what makes windows; none is there yet. */
export function createWindows(options: WindowsOptions): Windows {
  const consoles = new Map<string, BrowserWindow>()
  let main: BrowserWindow | null = null

  function create(extra: BrowserWindowConstructorOptions): BrowserWindow {
    const window = new BrowserWindow({
      show: false,
      // What is seen until the page paints: no white flash in the dark.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#151515' : '#ffffff',
      title: 'Virtdeck',
      autoHideMenuBar: true,
      ...extra,
      webPreferences: {
        preload: options.preloadPath,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: options.developer,
      },
    })
    window.once('ready-to-show', () => window.show())
    window.webContents.setWindowOpenHandler(({ url, frameName }) => {
      const target = decideWindowOpen(url, frameName)
      if (target !== null) showConsole(target.key, target.address)
      // The page never gets a handle on a window: the shell makes those that there are.
      return { action: 'deny' }
    })
    window.on('close', (event) => {
      if (BrowserWindow.getAllWindows().length > 1) return
      event.preventDefault()
      options.closeLast()
    })
    return window
  }

  function showConsole(key: string, address: string): void {
    const open = consoles.get(key)
    if (open !== undefined) {
      bringToFront(open)
      return
    }
    const window = create(CONSOLE_WINDOW_SIZE)
    window.removeMenu()
    consoles.set(key, window)
    window.once('closed', () => consoles.delete(key))
    void window.loadURL(address)
  }

  function showMain(): BrowserWindow {
    if (main !== null) {
      bringToFront(main)
      return main
    }
    const { bounds, maximized } = options.state.state
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea)
    const window = create({
      ...MAIN_WINDOW_SIZE,
      minWidth: MAIN_WINDOW_MINIMUM.width,
      minHeight: MAIN_WINDOW_MINIMUM.height,
      ...decideBounds(bounds, areas),
    })
    if (maximized) window.maximize()
    keepState(window, options.state)
    window.once('closed', () => {
      main = null
    })
    main = window
    void window.loadURL(`${APP_ORIGIN}/index.html`)
    return window
  }

  return {
    showMain,
    get main() {
      return main
    },
  }
}

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Writes down where the window is, a moment after it has come to rest, and when it closes. */
function keepState(window: BrowserWindow, file: WindowStateFile): void {
  let timer: ReturnType<typeof setTimeout> | null = null
  const save = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (!window.isDestroyed()) void file.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized() })
  }
  const saveSoon = () => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(save, SAVE_DELAY_MS)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('close', save)
}
