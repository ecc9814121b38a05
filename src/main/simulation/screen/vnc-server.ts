import type { Duplex } from 'node:stream'
import type { SimulationClock } from '../simulation-clock.ts'
import { nameKeysym } from './key-names.ts'
import { encodeRaw, OWN_FORMAT, type PixelFormat, readPixelFormat, writePixelFormat } from './pixel-format.ts'
import { type Rectangle, TestCard } from './test-card.ts'

/** What a screen shows, and who is told of keys. */
export interface Screen {
  readonly machineName: string
  /** The keys pressed last: the server adds to them, and shows them. */
  readonly keys: string[]
  readonly clock: SimulationClock
}

const VERSION = 'RFB 003.008\n'
const SECURITY_NONE = 1
/** Ten pictures a second, of the part that moves. */
const FRAME_MS = 100
const KEYS_KEPT = 64
/** More encodings, or more text to paste, than any client sends. */
const LENGTH_LIMIT = 1024 * 1024

/** Bytes of each message of a client but those with a length of their own. */
const MESSAGE = { setPixelFormat: 0, setEncodings: 2, updateRequest: 3, key: 4, pointer: 5, cutText: 6 } as const

/** Shows a screen to one client, by RFB 3.8 without a password and with raw pixels (RFC 6143). The stream belongs to it from here on. */
export function serveVnc(stream: Duplex, screen: Screen): void {
  const client = new VncClient(stream, screen)
  stream.on('data', (chunk: Buffer) => client.receive(chunk))
  stream.on('error', () => client.stop())
  stream.on('close', () => client.stop())
  stream.on('end', () => stream.end())
}

class VncClient {
  readonly #stream: Duplex
  readonly #screen: Screen
  readonly #card: TestCard
  #held: Buffer = Buffer.alloc(0)
  #stage: 'version' | 'security' | 'init' | 'messages' = 'version'
  #format: PixelFormat = OWN_FORMAT
  #isWaiting = false
  #step = 0
  #shownKeys = ''
  #cancelTick: () => void = () => undefined

  constructor(stream: Duplex, screen: Screen) {
    this.#stream = stream
    this.#screen = screen
    this.#card = new TestCard(screen.machineName)
    stream.write(VERSION)
  }

  stop(): void {
    this.#cancelTick()
  }

  receive(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk])
    for (let used = this.#take(); used > 0; used = this.#take()) this.#held = this.#held.subarray(used)
  }

  /** Deals with what is there, if it is whole; how many bytes that was. */
  #take(): number {
    if (this.#held.length === 0 || this.#stream.destroyed) return 0
    switch (this.#stage) {
      case 'version':
        return this.#whenThere(VERSION.length, (bytes) => {
          if (bytes.toString('latin1') !== VERSION) this.#stream.destroy()
          this.#stream.write(Buffer.from([1, SECURITY_NONE]))
          this.#stage = 'security'
        })
      case 'security':
        return this.#whenThere(1, ([chosen]) => {
          if (chosen !== SECURITY_NONE) this.#stream.destroy()
          this.#stream.write(Buffer.alloc(4))
          this.#stage = 'init'
        })
      case 'init':
        return this.#whenThere(1, () => {
          this.#stream.write(this.#describe())
          this.#stage = 'messages'
          this.#tickLater()
        })
      case 'messages':
        return this.#takeMessage()
    }
  }

  #takeMessage(): number {
    switch (this.#held[0]) {
      case MESSAGE.setPixelFormat:
        return this.#whenThere(20, (bytes) => {
          const format = readPixelFormat(bytes.subarray(4))
          if (format === null) this.#stream.destroy()
          else this.#format = format
        })
      case MESSAGE.setEncodings:
        return this.#pass(4, (head) => 4 + 4 * head.readUInt16BE(2))
      case MESSAGE.updateRequest:
        return this.#whenThere(10, (bytes) => {
          this.#isWaiting = true
          if (bytes[1] === 0) this.#send([{ x: 0, y: 0, width: this.#card.width, height: this.#card.height }])
        })
      case MESSAGE.key:
        return this.#whenThere(8, (bytes) => {
          if (bytes[1] === 0) return
          const { keys } = this.#screen
          keys.push(nameKeysym(bytes.readUInt32BE(4)))
          keys.splice(0, keys.length - KEYS_KEPT)
        })
      case MESSAGE.pointer:
        return this.#whenThere(6, () => undefined)
      case MESSAGE.cutText:
        return this.#pass(8, (head) => 8 + head.readUInt32BE(4))
      default:
        this.#stream.destroy()
        return 0
    }
  }

  #whenThere(length: number, deal: (bytes: Buffer) => void): number {
    if (this.#held.length < length) return 0
    deal(this.#held.subarray(0, length))
    return length
  }

  /** A message that tells its own length, and is passed over once all of it is there. */
  #pass(headBytes: number, lengthOf: (head: Buffer) => number): number {
    if (this.#held.length < headBytes) return 0
    const length = lengthOf(this.#held)
    if (length > LENGTH_LIMIT) this.#stream.destroy()
    return this.#held.length < length ? 0 : length
  }

  #describe(): Buffer {
    const name = Buffer.from(this.#screen.machineName)
    const size = Buffer.alloc(4)
    size.writeUInt16BE(this.#card.width, 0)
    size.writeUInt16BE(this.#card.height, 2)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(name.length)
    return Buffer.concat([size, writePixelFormat(OWN_FORMAT), length, name])
  }

  #tickLater(): void {
    this.#cancelTick = this.#screen.clock.after(FRAME_MS, () => {
      this.#tick()
      if (!this.#stream.destroyed) this.#tickLater()
    })
  }

  /** Draws on, and sends what changed to a client that waits for it and takes it. */
  #tick(): void {
    if (!this.#isWaiting || this.#stream.writableNeedDrain) return
    this.#step += 1
    const changed = [this.#card.drawStep(this.#step)]
    const keys = this.#screen.keys.join(' ')
    if (keys !== this.#shownKeys) {
      this.#shownKeys = keys
      changed.push(this.#card.drawKeys(this.#screen.keys))
    }
    this.#send(changed)
  }

  #send(parts: readonly Rectangle[]): void {
    this.#isWaiting = false
    const head = Buffer.alloc(4)
    head.writeUInt16BE(parts.length, 2)
    const packets = parts.flatMap((part) => {
      const place = Buffer.alloc(12)
      place.writeUInt16BE(part.x, 0)
      place.writeUInt16BE(part.y, 2)
      place.writeUInt16BE(part.width, 4)
      place.writeUInt16BE(part.height, 6)
      return [place, encodeRaw(this.#card, part, this.#format)]
    })
    this.#stream.write(Buffer.concat([head, ...packets]))
  }
}
