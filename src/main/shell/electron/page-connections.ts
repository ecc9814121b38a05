import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import {
  ENGINE_PORT_MESSAGE,
  SHELL_PORT_MESSAGE,
  type ShellEvent,
  type ShellRequest,
  shellRequestSchema,
} from '../../../shared/contract/index.ts'
import type { Log } from '../../engine/index.ts'
import { PORTS_CHANNEL } from './channels.ts'
import type { EngineProcess } from './engine-process.ts'

/** A page whose engine port was closed (it did not read, say) gets another after this. */
const RECONNECT_MS = 1_000

/** What connecting pages needs. */
export interface PageConnectionsOptions {
  readonly log: Log
  readonly onMenus: (page: WebContents, menus: Extract<ShellRequest, { t: 'menus' }>['menus']) => void
}

/** Hands pages their ports: to the shell as soon as they listen, to the engine whenever there is one. */
export interface PageConnections {
  /** To be called each time a page has loaded and says that it listens. */
  connect(page: WebContents): void
  /** There is an engine (or another one): all pages are joined to it. */
  joinEngine(engine: EngineProcess): void
  /** It is gone; its ports have closed with it. */
  loseEngine(): void
  /** The engine has lost a client. */
  clientClosed(id: number): void
  send(page: WebContents, event: ShellEvent): void
  /** To all pages. */
  sendAll(event: ShellEvent): void
}

interface ConnectedPage {
  /** Of the latest load: what belongs to an earlier one is no longer listened to. */
  readonly shell: MessagePortMain
  /** Its number as a client of the engine; null while it is none. */
  client: number | null
}

/** Creates the connections; pages may come before the engine. */
export function createPageConnections({ log, onMenus }: PageConnectionsOptions): PageConnections {
  const pages = new Map<WebContents, ConnectedPage>()
  let engine: EngineProcess | null = null
  let nextClient = 1

  function connect(page: WebContents): void {
    const before = pages.get(page)
    if (before === undefined) page.once('destroyed', () => pages.delete(page))
    const shell = new MessageChannelMain()
    pages.set(page, { shell: shell.port1, client: null })
    before?.shell.close()
    shell.port1.on('message', ({ data, ports }) => hear(page, data, ports[0]))
    shell.port1.start()
    page.postMessage(PORTS_CHANNEL, SHELL_PORT_MESSAGE, [shell.port2])
    join(page)
  }

  function hear(page: WebContents, data: unknown, port: MessagePortMain | undefined): void {
    const request = shellRequestSchema.safeParse(data)
    if (!request.success) {
      log.warn({ issues: request.error.issues.length }, 'a page asked for something unknown')
      port?.close()
    } else if (request.data.t === 'menus') onMenus(page, request.data.menus)
    else if (port !== undefined) {
      // Whoever opened it finds it closed and asks again when the engine is there.
      if (engine === null) port.close()
      else engine.attachSocket(request.data.path, port)
    }
  }

  /** Neither end of the channel stays here: what page and engine say does not pass the main process. */
  function join(page: WebContents): void {
    const connected = pages.get(page)
    if (engine === null || connected === undefined || page.isDestroyed()) return
    const frames = new MessageChannelMain()
    connected.client = nextClient++
    engine.serveClient(connected.client, frames.port1)
    page.postMessage(PORTS_CHANNEL, ENGINE_PORT_MESSAGE, [frames.port2])
  }

  return {
    connect,
    joinEngine: (next) => {
      engine = next
      for (const page of pages.keys()) join(page)
    },
    loseEngine: () => {
      engine = null
      for (const connected of pages.values()) connected.client = null
    },
    clientClosed: (id) => {
      const found = [...pages].find(([, { client }]) => client === id)
      if (found === undefined) return
      const [page, connected] = found
      connected.client = null
      setTimeout(() => {
        if (pages.get(page) === connected && connected.client === null) join(page)
      }, RECONNECT_MS)
    },
    send: (page, event) => pages.get(page)?.shell.postMessage(event),
    sendAll: (event) => {
      for (const { shell } of pages.values()) shell.postMessage(event)
    },
  }
}
