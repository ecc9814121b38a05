import type { ByteSocket } from '../engine/index.ts'

/** Bytes queued towards the window past which the host's end is no longer read. */
const HIGH_WATER_BYTES = 1024 * 1024
const LOW_WATER_BYTES = 256 * 1024
/** Bytes kept from a window that speaks before the bridge is ready; past it, it is not read. */
const EARLY_LIMIT_BYTES = 64 * 1024

/** The window's end with bounded queues both ways: who sends too fast is not read until the other has caught up. */
export class SocketEnd {
  readonly #socket: ByteSocket
  readonly #closed = new AbortController()
  #sink: ((data: Uint8Array) => void) | null = null
  #early: Uint8Array[] = []
  #earlyBytes = 0
  #queuedBytes = 0
  #onDrain: (() => void) | null = null

  constructor(socket: ByteSocket) {
    this.#socket = socket
    socket.onMessage((data) => this.#receive(data))
    socket.onClose(() => this.#closed.abort())
  }

  /** Aborted when the window has gone, by whichever side. */
  get closed(): AbortSignal {
    return this.#closed.signal
  }

  /** Queues bytes for the window. False: it is behind; wait for `onDrain` before reading more for it. */
  send(data: Uint8Array): boolean {
    if (data.length === 0 || this.closed.aborted) return true
    this.#queuedBytes += data.length
    this.#socket.send(data, () => {
      this.#queuedBytes -= data.length
      if (this.#queuedBytes <= LOW_WATER_BYTES) this.#onDrain?.()
    })
    return this.#queuedBytes < HIGH_WATER_BYTES
  }

  /** Tells the window that the other end is open, by an empty message: a serial port may be silent for hours. */
  announce(): void {
    if (!this.closed.aborted) this.#socket.send(new Uint8Array(0), () => undefined)
  }

  /** Called each time the queue towards the window has become short. */
  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  /** Hands over what came so far, and from then on every message. Replaces the sink before. */
  deliverTo(sink: (data: Uint8Array) => void): void {
    this.#sink = sink
    const early = this.#early
    this.#early = []
    this.#earlyBytes = 0
    this.resume()
    // A sink may call `hold`: what it has not taken then stays, in order.
    for (const data of early) this.#receive(data)
  }

  /** Takes the sink away: `data` and whatever comes wait for the next `deliverTo`. */
  hold(data: Uint8Array): void {
    this.#sink = null
    this.#receive(data)
  }

  pause(): void {
    if (!this.closed.aborted) this.#socket.pause()
  }

  resume(): void {
    if (!this.closed.aborted) this.#socket.resume()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    this.#closed.abort()
  }

  #receive(data: Uint8Array): void {
    if (this.closed.aborted) return
    if (this.#sink !== null) {
      this.#sink(data)
      return
    }
    if (data.length > 0) this.#early.push(data)
    this.#earlyBytes += data.length
    if (this.#earlyBytes > EARLY_LIMIT_BYTES) this.pause()
  }
}
