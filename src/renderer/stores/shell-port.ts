import { type NativeMenu, SHELL_PORT_MESSAGE, type ShellEvent, type ShellRequest } from '../../shared/contract/index.ts'
import type { WireError } from '../../shared/errors/index.ts'

/*
 * The page's side of the shell around it, in Electron: native menus, and ports for consoles and files. In a browser no port ever
 * comes, and nothing of this does anything.
 */

interface Waiting {
  readonly request: ShellRequest
  readonly transfer: readonly MessagePort[]
}

let shellPort: MessagePort | null = null
let waiting: Waiting[] = []
let latestMenus: ShellRequest | null = null
const menuListeners = new Set<(id: string) => void>()
const noticeListeners = new Set<(error: WireError) => void>()

if (typeof window !== 'undefined') {
  window.addEventListener('message', (event) => {
    const [port] = event.ports
    if (event.source !== window || event.data !== SHELL_PORT_MESSAGE || port === undefined) return
    shellPort = port
    port.onmessage = ({ data }: MessageEvent<ShellEvent>) => {
      if (data.t === 'menu-chosen') for (const listener of menuListeners) listener(data.id)
      else for (const listener of noticeListeners) listener(data.error)
    }
    const held = waiting
    waiting = []
    if (latestMenus !== null) port.postMessage(latestMenus)
    for (const { request, transfer } of held) port.postMessage(request, [...transfer])
  })
}

/** Asks the shell to join `port` to the console, or the file on its way, at `path`; waits for the shell when it is not there yet. */
export function requestSocket(path: string, port: MessagePort): void {
  const request: ShellRequest = { t: 'socket', path }
  if (shellPort === null) waiting.push({ request, transfer: [port] })
  else shellPort.postMessage(request, [port])
}

/** Tells the shell what its native menus show. */
export function publishMenus(menus: readonly NativeMenu[]): void {
  latestMenus = { t: 'menus', menus: [...menus] }
  shellPort?.postMessage(latestMenus)
}

/** Hears what is chosen in native menus. Returns how to stop. */
export function onMenuChosen(listener: (id: string) => void): () => void {
  menuListeners.add(listener)
  return () => menuListeners.delete(listener)
}

/** Hears what the shell has to tell a person, as that its engine has ended. Returns how to stop. */
export function onShellNotice(listener: (error: WireError) => void): () => void {
  noticeListeners.add(listener)
  return () => noticeListeners.delete(listener)
}
