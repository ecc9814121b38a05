import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Real from 'electron'
import { startBrowser } from './browser.ts'
import { BrowserWindow } from './browser-window.ts'
import { serveControl } from './control.ts'
import { Menu } from './menu.ts'
import { MessageChannelMain } from './ports.ts'
import { standIn } from './state.ts'
import { utilityProcess } from './utility-process.ts'

/*
 * Stands for Electron's module in the main process: exactly what the shell uses of it, each member with its type from
 * electron.d.ts. Windows are tabs of a real Chromium, the engine's process is a process of Node. What it cannot show: native
 * widgets, Chromium's own isolation of processes, ports that join two of them without this one, the `app:` scheme itself.
 */
export { BrowserWindow, Menu, MessageChannelMain, utilityProcess }

let userData = ''
let ready: Promise<void> | null = null

async function start(): Promise<void> {
  const profile = join(userData, 'chromium')
  mkdirSync(profile, { recursive: true })
  const browser = await startBrowser(profile)
  standIn.browser = browser
  browser.context.on('page', (page) => {
    if (page.url() !== 'about:blank') standIn.strayPages += 1
  })
  serveControl()
  process.send?.({ t: 'ready', endpoint: browser.endpoint, browserPid: browser.pid })
  // Electron asks the app when the system wants it to end.
  process.on('SIGTERM', quit)
  // Whoever runs the tests is gone: neither this process nor its browser is to outlive them.
  process.on('disconnect', () => process.exit(1))
}

/** False: there is no such process (any more). */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function quit(): void {
  let prevented = false
  standIn.app.emit('before-quit', { preventDefault: () => (prevented = true) })
  if (!prevented) appMembers.exit(0)
}

const appMembers = {
  isPackaged: false,
  getLocale: () => process.env.VIRTDECK_STAND_IN_LOCALE ?? 'en-US',
  setPath: (name: string, path: string) => {
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} is not there`)
    if (name === 'userData') userData = path
  },
  whenReady: () => {
    ready ??= start()
    return ready
  },
  exit: (code = 0) => {
    const leave = async () => {
      rmSync(join(userData, 'lock'), { force: true })
      await standIn.browser?.close()
      process.exit(code)
    }
    void leave()
  },
  /** Electron's lock belongs to the folder of user data, and tells the first instance of the second. */
  requestSingleInstanceLock: () => {
    const lock = join(userData, 'lock')
    if (existsSync(lock) && signal(Number(readFileSync(lock, 'utf8')), 'SIGUSR2')) return false
    writeFileSync(lock, String(process.pid))
    process.on('SIGUSR2', () => standIn.app.emit('second-instance', {}, [], ''))
    return true
  },
} satisfies Partial<
  Pick<Real.App, 'isPackaged' | 'getLocale' | 'setPath' | 'whenReady' | 'exit' | 'requestSingleInstanceLock'>
>

export const app = Object.assign(standIn.app, appMembers)

export const protocol = {
  registerSchemesAsPrivileged: (schemes) => {
    if (ready !== null) throw new Error('schemes are declared before the app is ready')
    for (const { scheme, privileges } of schemes) {
      if (privileges?.bypassCSP === true) throw new Error(`${scheme} would bypass the CSP`)
    }
  },
  handle: (scheme, handler) => {
    standIn.handlers.set(scheme, (request) => handler(request as Parameters<typeof handler>[0]))
  },
} satisfies Pick<Real.Protocol, 'registerSchemesAsPrivileged' | 'handle'>

export const ipcMain = standIn.ipc

/** Permissions that Chromium knows by these names; Electron's name for writing what was copied is another. */
const PERMISSIONS = [
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['midi', 'midi'],
] as const

type CheckHandler = Parameters<Real.Session['setPermissionCheckHandler']>[0]

async function applyPermissions(check: CheckHandler): Promise<void> {
  const granted = PERMISSIONS.filter(
    ([name]) =>
      check?.(null, name as 'geolocation', 'app://virtdeck/', {} as Real.PermissionCheckHandlerHandlerDetails) ?? true,
  )
  await standIn.browser?.context.grantPermissions(granted.map(([, name]) => name))
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler) => {
      if (handler === null) throw new Error('without a handler everything is allowed')
    },
    setPermissionCheckHandler: (handler) => void applyPermissions(handler),
    setDevicePermissionHandler: (handler) => {
      if (handler === null) throw new Error('without a handler devices are asked for')
    },
  } satisfies Pick<
    Real.Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
}

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1_920, height: 1_040 } } as Real.Display],
} satisfies Pick<Real.Screen, 'getAllDisplays'>

export const nativeTheme = { shouldUseDarkColors: false } satisfies Pick<Real.NativeTheme, 'shouldUseDarkColors'>

export const dialog = {
  showErrorBox: (title: string, content: string) => {
    standIn.dialogs.push({ kind: 'error', message: title, detail: content })
  },
  showMessageBox: async (options: Real.MessageBoxOptions) => {
    standIn.dialogs.push({ kind: options.type ?? 'none', message: options.message, detail: options.detail ?? '' })
    return { response: standIn.answers.shift() ?? options.cancelId ?? 0, checkboxChecked: false }
  },
}

/** A keyring of this process's own: AES with a key in the folder of user data. */
const keyStore = () => {
  const file = join(userData, 'keyring')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 })
  return readFileSync(file)
}

export const safeStorage = {
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () =>
    process.env.VIRTDECK_STAND_IN_KEYRING === 'none' ? 'basic_text' : 'gnome_libsecret',
  encryptString: (text: string) => {
    const nonce = randomBytes(16)
    const cipher = createCipheriv('aes-256-cbc', keyStore(), nonce)
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()])
  },
  decryptString: (bytes: Buffer) => {
    const decipher = createDecipheriv('aes-256-cbc', keyStore(), bytes.subarray(0, 16))
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
  },
} satisfies Pick<
  Real.SafeStorage,
  'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'
>
