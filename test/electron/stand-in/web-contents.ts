import { EventEmitter } from 'node:events'
import type { HandlerDetails, WebContents as RealWebContents, WindowOpenHandlerResponse } from 'electron'
import type { Frame, Page } from 'playwright-core'
import { toOwn, toShown } from './addresses.ts'
import { RECEIVER } from './page-side.ts'
import { MessagePortMain } from './ports.ts'
import { type FromPage, fromWire, type ToPage, toWire } from './wire.ts'

type Members = Pick<RealWebContents, 'isDestroyed' | 'setWindowOpenHandler' | 'getURL'>

/** What the shell uses of Electron's WebContents, over a page of Chromium. */
export class WebContents extends EventEmitter implements Members {
  #page: Page | null = null
  #destroyed = false
  #openHandler: ((details: HandlerDetails) => WindowOpenHandlerResponse) | null = null
  #loading: string | null = null
  readonly #ports = new Map<number, MessagePortMain>()
  readonly #ipc: (contents: WebContents, frame: Frame, channel: string, args: unknown[]) => void
  #nextPort = 1
  #sending: Promise<unknown> = Promise.resolve()

  constructor(ipc: (contents: WebContents, frame: Frame, channel: string, args: unknown[]) => void) {
    super()
    this.#ipc = ipc
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
    const named = transfer.map((port) => ({ port, id: this.#nextPort++ }))
    this.#tell({ t: 'ipc', channel, data: toWire(message), ports: named.map(({ id }) => id) })
    // What was sent on a port before it was given away follows it into the page.
    for (const { port, id } of named) this.#ports.set(id, port.giveTo(this.#pageEnd(id)))
  }

  /** A message of the page. */
  receive(message: FromPage, frame: Frame): void {
    if (message.t === 'ipc') {
      const args = fromWire(message.args)
      this.#ipc(this, frame, message.channel, Array.isArray(args) ? args : [])
    } else if (message.t === 'port') {
      const ports = message.ports.map((id) => {
        const port = MessagePortMain.ofPage(this.#pageEnd(id))
        this.#ports.set(id, port)
        return port
      })
      this.#ports.get(message.port)?.receive(fromWire(message.data), ports)
    } else if (message.t === 'port-closed') {
      this.#ports.get(message.port)?.closedByPeer()
      this.#ports.delete(message.port)
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
    for (const port of this.#ports.values()) port.closedByPeer()
    this.#ports.clear()
    this.emit('destroyed')
  }

  #pageEnd(id: number) {
    return {
      deliver: (data: unknown) => this.#tell({ t: 'port', port: id, data: toWire(data) }),
      close: () => this.#tell({ t: 'port-closed', port: id }),
    }
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
