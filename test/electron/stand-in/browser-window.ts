import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { BrowserWindowConstructorOptions, BrowserWindow as RealBrowserWindow, Rectangle } from 'electron'
import type { Frame, Page } from 'playwright-core'
import { toOwn } from './addresses.ts'
import { pageScript } from './page-side.ts'
import { standIn } from './state.ts'
import { WebContents } from './web-contents.ts'

type Members = Pick<
  RealBrowserWindow,
  | 'close'
  | 'focus'
  | 'getNormalBounds'
  | 'isDestroyed'
  | 'isMaximized'
  | 'isMinimized'
  | 'loadURL'
  | 'maximize'
  | 'removeMenu'
  | 'restore'
  | 'setBounds'
  | 'show'
>

const BINDING = '__electronStandInTell'

function deliverIpc(contents: WebContents, frame: Frame, channel: string, args: unknown[]): void {
  const parent = frame.parentFrame()
  const senderFrame = { url: toOwn(frame.url()), parent: parent === null ? null : { url: toOwn(parent.url()) } }
  standIn.ipc.emit(channel, { sender: contents, senderFrame }, ...args)
}

/** What the shell uses of Electron's BrowserWindow: a tab of Chromium, with bounds that are only remembered. */
export class BrowserWindow extends EventEmitter implements Members {
  readonly webContents = new WebContents(deliverIpc)
  readonly options: BrowserWindowConstructorOptions
  #bounds: Rectangle
  #maximized = false
  #shown = false
  #destroyed = false

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super()
    this.options = options
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.#bounds = { x, y, width, height }
    standIn.windows.push(this)
    standIn.app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...standIn.windows]
  }

  get isShown(): boolean {
    return this.#shown
  }

  async loadURL(address: string): Promise<void> {
    standIn.begun.push('window')
    const { browser } = standIn
    if (browser === null) throw new Error('a window before the app is ready')
    const page = await newPage(browser.context.newPage(), this)
    await page.setViewportSize({ width: this.#bounds.width, height: this.#bounds.height })
    page.once('close', () => this.#destroy())
    await this.webContents.load(page, address)
    this.emit('ready-to-show')
  }

  show(): void {
    this.#shown = true
  }

  focus(): void {
    void this.webContents.page?.bringToFront()
  }

  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (prevented) return
    void this.webContents.page?.close()
    this.#destroy()
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    this.emit('move')
    this.emit('resize')
  }

  getNormalBounds(): Rectangle {
    return { ...this.#bounds }
  }

  maximize(): void {
    this.#maximized = true
    this.emit('resize')
  }

  isMaximized(): boolean {
    return this.#maximized
  }

  isMinimized(): boolean {
    return false
  }

  restore(): void {
    this.#maximized = false
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  removeMenu(): void {
    this.emit('menu-removed')
  }

  #destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    standIn.windows = standIn.windows.filter((window) => window !== this)
    this.webContents.destroy()
    this.emit('closed')
    if (standIn.windows.length === 0) standIn.app.emit('window-all-closed')
  }
}

/** Makes a tab the window's: its requests are answered by the shell's handlers, its messages go to the window. */
async function newPage(opening: Promise<Page>, window: BrowserWindow): Promise<Page> {
  const page = await opening
  const { preload, contextIsolation, sandbox, nodeIntegration } = window.options.webPreferences ?? {}
  if (preload === undefined) throw new Error('a window without a preload')
  if (contextIsolation !== true || sandbox !== true || nodeIntegration !== false) {
    throw new Error('a window that is not sealed off')
  }
  await page.exposeBinding(BINDING, ({ frame }, message) => window.webContents.receive(message, frame))
  await page.addInitScript({ content: pageScript(readFileSync(preload, 'utf8'), BINDING) })
  await page.route('**/*', async (route) => {
    const request = route.request()
    if (request.isNavigationRequest() && !window.webContents.mayNavigate(request.url(), request.frame())) {
      await route.abort('aborted')
      return
    }
    const own = toOwn(request.url())
    const handler = standIn.handlers.get(new URL(own).protocol.slice(0, -1))
    if (handler === undefined) {
      await route.abort('namenotresolved')
      return
    }
    const response = await handler(new Request(own, { method: request.method() }))
    const body = Buffer.from(await response.arrayBuffer())
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  })
  return page
}
