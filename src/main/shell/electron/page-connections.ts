import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import {
  SHELL_PORTS_MESSAGE,
  type ShellEvent,
  type ShellRequest,
  shellRequestSchema,
} from '../../../shared/contract/index.ts'
import type { Identity, Log } from '../../engine/index.ts'
import { serveClient } from '../../engine/index.ts'
import type { ComposedEngine } from '../compose.ts'
import { PORTS_CHANNEL } from './channels.ts'
import { createPortConsoleSocket } from './console-port.ts'
import { createEnginePort } from './engine-port.ts'

/** A page whose engine port was closed (it did not read, say) gets another after this. */
const RECONNECT_MS = 1_000

/** What connecting pages needs. */
export interface PageConnectionsOptions {
  readonly engine: Promise<Pick<ComposedEngine, 'engine' | 'consoles'>>
  readonly identity: Identity
  readonly log: Log
  readonly onMenus: (page: WebContents, menus: Extract<ShellRequest, { t: 'menus' }>['menus']) => void
}

/** Joins pages to the engine by ports. */
export interface PageConnections {
  /** Gives a page its ports; to be called each time a page has loaded and says that it listens. */
  connect(page: WebContents): void
  send(page: WebContents, event: ShellEvent): void
}

/** Creates the connections; pages may come before the engine is ready. */
export function createPageConnections(options: PageConnectionsOptions): PageConnections {
  const { identity, log } = options
  /** The latest shell port of each page: what belongs to an earlier load is no longer listened to. */
  const shellPorts = new Map<WebContents, MessagePortMain>()

  async function connect(page: WebContents): Promise<void> {
    const { engine, consoles } = await options.engine
    if (page.isDestroyed()) return
    const frames = new MessageChannelMain()
    const shell = new MessageChannelMain()
    serveClient(engine, identity, createEnginePort(frames.port1), log)
    const before = shellPorts.get(page)
    if (before === undefined) page.once('destroyed', () => shellPorts.delete(page))
    shellPorts.set(page, shell.port1)
    before?.close()
    frames.port1.once('close', () => {
      setTimeout(() => {
        if (shellPorts.get(page) === shell.port1 && !page.isDestroyed()) connectLogged(page)
      }, RECONNECT_MS)
    })
    shell.port1.on('message', ({ data, ports }) => {
      const request = shellRequestSchema.safeParse(data)
      if (!request.success) log.warn({ issues: request.error.issues.length }, 'a page asked for something unknown')
      else if (request.data.t === 'menus') options.onMenus(page, request.data.menus)
      else if (ports[0] !== undefined) {
        const ticket = request.data.path.replace(/^\/console\//, '')
        consoles.attach(ticket, identity, createPortConsoleSocket(ports[0]))
      }
    })
    shell.port1.start()
    page.postMessage(PORTS_CHANNEL, SHELL_PORTS_MESSAGE, [frames.port2, shell.port2])
  }

  function connectLogged(page: WebContents): void {
    // An engine that did not start has been told to the person already; a page that goes away meanwhile is no error.
    connect(page).catch((error: unknown) => log.warn({ err: error }, 'a page could not be connected'))
  }

  return {
    connect: connectLogged,
    send: (page, event) => shellPorts.get(page)?.postMessage(event),
  }
}
