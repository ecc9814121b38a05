import { EventEmitter } from 'node:events'
import type { MessageEvent, MessageChannelMain as RealChannel, MessagePortMain as RealPort } from 'electron'
import { fromWire, toWire } from './wire.ts'

type Emitter = Pick<RealPort, 'on' | 'once' | 'close' | 'postMessage' | 'start'>

/** Where a port leads that was given to a page. */
export interface PageEnd {
  readonly deliver: (data: unknown) => void
  readonly close: () => void
}

/**
 * Electron's MessagePortMain. It is one end of a channel whose other end is another such port, until that one is given to a
 * page. Messages wait until `start`, and are copied as a structured clone would be.
 */
export class MessagePortMain extends EventEmitter implements Emitter {
  #peer: MessagePortMain | null = null
  #page: PageEnd | null = null
  #started = false
  #closed = false
  #waiting: MessageEvent[] = []

  static connect(one: MessagePortMain, other: MessagePortMain): void {
    one.#peer = other
    other.#peer = one
  }

  /** The page has taken the other end of this port's channel: `end` is where its messages go now. */
  giveTo(end: PageEnd): MessagePortMain {
    const near = this.#peer
    if (near === null) throw new Error('the port has no other end')
    near.#page = end
    for (const { data } of this.#waiting) end.deliver(data)
    this.#waiting = []
    return near
  }

  /** Makes a port whose other end is in a page already. */
  static ofPage(end: PageEnd): MessagePortMain {
    const port = new MessagePortMain()
    port.#page = end
    return port
  }

  postMessage(message: unknown): void {
    if (this.#closed) return
    const data = fromWire(toWire(message))
    if (this.#page !== null) this.#page.deliver(data)
    else this.#peer?.receive(data, [])
  }

  receive(data: unknown, ports: MessagePortMain[]): void {
    const event = { data, ports: ports as unknown as RealPort[] } as MessageEvent
    if (this.#started) this.emit('message', event)
    else this.#waiting.push(event)
  }

  start(): void {
    this.#started = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const event of waiting) this.emit('message', event)
  }

  close(): void {
    if (this.#closed) return
    this.#page?.close()
    this.closedByPeer()
    this.#peer?.closedByPeer()
  }

  closedByPeer(): void {
    if (this.#closed) return
    this.#closed = true
    setImmediate(() => this.emit('close'))
  }
}

/** Electron's MessageChannelMain. */
export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    MessagePortMain.connect(this.port1, this.port2)
  }
}

// The members that the shell uses are those of the real classes; a change of Electron's types shows here.
type Member<Real, Own> = { [Key in keyof Own & keyof Real]: Real[Key] }
export type ChannelMembers = keyof Member<RealChannel, MessageChannelMain>
