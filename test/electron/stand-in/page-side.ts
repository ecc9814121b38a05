import type { FromPage, ToPage, Wire } from './wire.ts'

/** The page's side of the stand-in, as text for an init script: such scripts run before the page's and outside of its CSP. */
export function pageScript(preloadSource: string, bindingName: string): string {
  return `(${pageSide.toString()})(${JSON.stringify(bindingName)}, (require) => {\n${preloadSource}\n})`
}

/** Where `page.evaluate` finds what takes messages of the stand-in. */
export const RECEIVER = '__electronStandIn'

/*
 * Runs in the page, so it may use nothing from outside of itself. It makes `ipcRenderer` for the preload, ports that lead to
 * the stand-in, and `window.open` as it is when every new window is denied. A port tells its page when the other end has closed:
 * that is Electron's addition, which a plain Chromium has not, so it is told from here.
 */
function pageSide(bindingName: string, preload: (require: (name: string) => unknown) => void): void {
  if (location.hostname !== 'virtdeck.localhost' || window.top !== window) return
  const tell = (message: FromPage) => {
    const binding = (window as unknown as Record<string, (message: FromPage) => Promise<void>>)[bindingName]
    void binding?.(message)
  }
  const toWire = (value: unknown): Wire => {
    if (value === null || value === undefined) return null
    if (value instanceof Uint8Array) return { bytes64: btoa(String.fromCharCode(...value)) }
    if (Array.isArray(value)) return value.map(toWire)
    if (typeof value !== 'object') return value as Wire
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    return { members: members.map(([key, member]) => [key, toWire(member)] as const) }
  }
  const fromWire = (wire: Wire): unknown => {
    if (wire === null || typeof wire !== 'object') return wire
    if ('bytes64' in wire) return Uint8Array.from(atob(wire.bytes64), (character) => character.charCodeAt(0))
    if ('members' in wire) return Object.fromEntries(wire.members.map(([key, member]) => [key, fromWire(member)]))
    return wire.map(fromWire)
  }
  const ports = new Map<number, MessagePort>()
  /** The page's own ends of them: what was handed to it, and the other ends of what it gave away. */
  const pagePorts = new Map<number, MessagePort>()
  const handedOver: number[] = []
  const givenAway: (MessagePort | undefined)[] = []
  const others = new WeakMap<MessagePort, MessagePort>()
  let nextPort = -1
  const RealChannel = window.MessageChannel
  window.MessageChannel = class extends RealChannel {
    constructor() {
      super()
      others.set(this.port1, this.port2)
      others.set(this.port2, this.port1)
    }
  }
  const { postMessage } = MessagePort.prototype as { postMessage: (...given: unknown[]) => void }
  MessagePort.prototype.postMessage = function (this: MessagePort, ...given: unknown[]) {
    const [, transfer] = given
    if (Array.isArray(transfer)) givenAway.push(...transfer.map((port: MessagePort) => others.get(port)))
    postMessage.apply(this, given)
  }
  window.addEventListener('message', (event) => {
    for (const port of event.ports) {
      const id = handedOver.shift()
      if (id !== undefined) pagePorts.set(id, port)
    }
  })
  const join = (id: number, port: MessagePort) => {
    ports.set(id, port)
    port.onmessage = ({ data, ports: transferred }) => {
      const names = transferred.map((other) => {
        const name = nextPort--
        join(name, other)
        const own = givenAway.shift()
        if (own !== undefined) pagePorts.set(name, own)
        return name
      })
      tell({ t: 'port', port: id, data: toWire(data), ports: names })
    }
    port.addEventListener('close', () => {
      if (ports.delete(id)) tell({ t: 'port-closed', port: id })
    })
  }
  const listeners = new Map<string, ((event: { ports: MessagePort[] }, data: unknown) => void)[]>()
  const receive = (message: ToPage) => {
    if (message.t === 'ipc') {
      const made = message.ports.map((id) => {
        const { port1, port2 } = new RealChannel()
        join(id, port1)
        handedOver.push(id)
        return port2
      })
      for (const listener of listeners.get(message.channel) ?? []) listener({ ports: made }, fromWire(message.data))
    } else if (message.t === 'port') {
      ports.get(message.port)?.postMessage(fromWire(message.data))
    } else {
      ports.get(message.port)?.close()
      ports.delete(message.port)
      pagePorts.get(message.port)?.dispatchEvent(new Event('close'))
      pagePorts.delete(message.port)
    }
  }
  Object.defineProperty(window, '__electronStandIn', { value: receive })
  window.open = (url, name) => {
    const address = url === undefined || url === '' ? 'about:blank' : new URL(url, location.href).href
    tell({ t: 'window-open', url: address, name: name ?? '' })
    return null
  }
  const ipcRenderer = {
    on: (channel: string, listener: (event: { ports: MessagePort[] }, data: unknown) => void) => {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
    },
    send: (channel: string, ...args: unknown[]) => tell({ t: 'ipc', channel, args: toWire(args) }),
  }
  preload((name) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload has no ${name}`)
    return { ipcRenderer }
  })
}
