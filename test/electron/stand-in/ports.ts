import { EventEmitter } from 'node:events'
import type { MessageEvent, MessageChannelMain as RealChannel, MessagePortMain as RealPort } from 'electron'
import { fromWire, toWire } from './wire.ts'

type Emitter = Pick<RealPort, 'on' | 'once' | 'close' | 'postMessage' | 'start'>

/** Where a port is that was given to another process: a page, or the engine's. */
export interface RemoteEnd {
  readonly deliver: (data: unknown, ports: readonly MessagePortMain[]) => void
  readonly close: () => void
}

/**
 * Electron's MessagePortMain: one end of a channel. Messages wait until `start`, or until it is given to another process, and
 * are copied as a structured clone would be. Where both ends were given away, what they say passes through this process:
 * Electron joins the two without it.
 */
export class MessagePortMain extends EventEmitter implements Emitter {
  #peer: MessagePortMain | null = null
  #remote: RemoteEnd | null = null
  #started = false
  #closed = false
  #waiting: MessageEvent[] = []

  static connect(one: MessagePortMain, other: MessagePortMain): void {
    one.#peer = other
    other.#peer = one
  }

  /** A port here whose other end is in another process. */
  static ofRemote(end: RemoteEnd): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain()
    port2.giveTo(end)
    return port1
  }

  /** It belongs to another process from here on. Returns what takes the messages of that process: the other end. */
  giveTo(end: RemoteEnd): MessagePortMain {
    const peer = this.#peer
    if (peer === null) throw new Error('the port has no other end')
    this.#remote = end
    const waiting = this.#waiting
    this.#waiting = []
    for (const { data, ports } of waiting) end.deliver(data, ports as unknown as MessagePortMain[])
    if (this.#closed) end.close()
    return peer
  }

  postMessage(message: unknown): void {
    if (!this.#closed) this.#peer?.receive(fromWire(toWire(message)), [])
  }

  receive(data: unknown, ports: readonly MessagePortMain[]): void {
    const event = { data, ports: ports as unknown as RealPort[] } as MessageEvent
    if (this.#remote !== null) this.#remote.deliver(data, ports)
    else if (this.#started) this.emit('message', event)
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
    this.#peer?.closedByPeer()
    this.closedByPeer()
  }

  closedByPeer(): void {
    if (this.#closed) return
    this.#closed = true
    this.#remote?.close()
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
