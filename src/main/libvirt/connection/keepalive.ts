import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import { KEEPALIVE, PROGRAM_VERSION } from '../protocol/procedure.ts'

/** `KEEPALIVE_PROC_PING` and `_PONG`. */
export const PING = 1
export const PONG = 2

export interface KeepaliveSettings {
  /** Silence after which the daemon is asked whether it is still there. */
  readonly intervalMs: number
  /** How many questions may go unanswered. */
  readonly count: number
}

/** libvirt's own defaults. */
export const KEEPALIVE_DEFAULT: KeepaliveSettings = { intervalMs: 5_000, count: 5 }

export function keepaliveHeader(procedure: number): PacketHeader {
  return {
    program: KEEPALIVE,
    version: PROGRAM_VERSION,
    procedure,
    type: packetType.message,
    serial: 0,
    status: packetStatus.ok,
  }
}

/**
 * Asks a silent daemon for a sign of life. Anything that arrives is one. While the connection itself does not read
 * (a stream's consumer is slow), silence says nothing and is not counted.
 */
export class KeepaliveWatch {
  readonly #settings: KeepaliveSettings
  readonly #ping: () => void
  readonly #lost: () => void
  #timer: NodeJS.Timeout | undefined
  #heard = false
  #unanswered = 0

  constructor(settings: KeepaliveSettings, ping: () => void, lost: () => void) {
    this.#settings = settings
    this.#ping = ping
    this.#lost = lost
  }

  start(isReading: () => boolean): void {
    this.#timer = setInterval(() => this.#tick(isReading()), this.#settings.intervalMs)
    this.#timer.unref()
  }

  /** Something arrived. Cheap: called for every chunk. */
  heard(): void {
    this.#heard = true
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(reading: boolean): void {
    if (this.#heard || !reading) {
      this.#heard = false
      this.#unanswered = 0
      return
    }
    if (this.#unanswered >= this.#settings.count) {
      this.stop()
      this.#lost()
      return
    }
    this.#unanswered += 1
    this.#ping()
  }
}
