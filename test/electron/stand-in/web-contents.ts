import { EventEmitter } from 'node:events'
import type { HandlerDetails, WebContents as RealWebContents, WindowOpenHandlerResponse } from 'electron'
import type { Frame, Page } from 'playwright-core'
import { toOwn, toShown } from './addresses.ts'
import { RECEIVER } from './page-side.ts'
import type { MessagePortMain } from './ports.ts'
import { RemotePorts } from './remote-ports.ts'
import { type FromPage, fromWire, type ToPage, toWire } from './wire.ts'

type Members = Pick<RealWebContents, 'isDestroyed' | 'setWindowOpenHandler' | 'getURL'>

/** What the shell uses of Electron's WebContents, over a page of Chromium. */
export class WebContents extends EventEmitter implements Members {
  #page: Page | null = null
  #destroyed = false
  #openHandler: ((details: HandlerDetails) => WindowOpenHandlerResponse) | null = null
  #loading: string | null = null
  readonly #ports: RemotePorts
  readonly #ipc: (contents: WebContents, frame: Frame, channel: string, args: unknown[]) => void
  #sending: Promise<unknown> = Promise.resolve()

  constructor(ipc: (contents: WebContents, frame: Frame, channel: string, args: unknown[]) => void) {
    super()
    this.#ipc = ipc
    this.#ports = new RemotePorts((message) => {
      if (message.t === 'port-closed') this.#tell(message)
      else if (message.ports.length > 0) throw new Error('the stand-in hands pages no ports by other ports')
      else this.#tell({ t: 'port', port: message.port, data: toWire(message.data) })
    }, 1)
  }

  get page(): Page | null {
    return this.#page
  }

  /** Loads an address into the page. */
  async load(page: Page, address: string): Promise<void> {
    this.#page = page
    this.#loading = toShown(address)
    await page.goto(this.#loading, { waitUntil: 'load' })
    this.#loading = null
    this.emit('did-finish-load')
  }

  /** Whether a navigation may go on: the shell's own loads may, others ask `will-navigate`. */
  mayNavigate(address: string, frame: Frame): boolean {
    if (this.#loading === address && frame.parentFrame() === null) return true
    let prevented = false
    const isMainFrame = frame.parentFrame() === null
    const event = { url: toOwn(address), isMainFrame, preventDefault: () => (prevented = true) }
    this.emit('will-frame-navigate', event)
    if (isMainFrame) this.emit('will-navigate', event)
    return !prevented
  }

  setWindowOpenHandler(handler: (details: HandlerDetails) => WindowOpenHandlerResponse): void {
    this.#openHandler = handler
  }

  getURL(): string {
    return toOwn(this.#page?.url() ?? '')
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const given = this.#ports.give(transfer)
    this.#tell({ t: 'ipc', channel, data: toWire(message), ports: given.ids })
    given.deliver()
  }

  /** A message of the page. */
  receive(message: FromPage, frame: Frame): void {
    if (message.t === 'ipc') {
      const args = fromWire(message.args)
      this.#ipc(this, frame, message.channel, Array.isArray(args) ? args : [])
    } else if (message.t === 'port') {
      this.#ports.hear({ ...message, data: fromWire(message.data) })
    } else if (message.t === 'port-closed') {
      this.#ports.hear(message)
    } else {
      const url = toOwn(message.url)
      const details = { url, frameName: message.name, features: '', disposition: 'new-window' } as HandlerDetails
      const { action } = this.#openHandler?.(details) ?? { action: 'allow' }
      if (action !== 'deny') throw new Error(`the stand-in opens no windows for pages, but was told to: ${url}`)
    }
  }

  destroy(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#ports.closeAll()
    this.emit('destroyed')
  }

  #tell(message: ToPage): void {
    const send = async () => {
      if (this.#destroyed || this.#page === null) return
      await this.#page.evaluate(`window[${JSON.stringify(RECEIVER)}]?.(${JSON.stringify(message)})`)
    }
    // One after another: ports keep their order. A page that closes meanwhile hears nothing more.
    this.#sending = this.#sending.then(send).catch(() => undefined)
  }
}
