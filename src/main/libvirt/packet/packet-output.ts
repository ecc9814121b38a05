import type { Writable } from 'node:stream'
import type { CodecPair } from '../protocol/procedure.ts'
import { XdrError } from '../xdr/primitives.ts'
import { XdrWriter } from '../xdr/writer.ts'
import { beginPacket, endPacket, HEADER_BYTES, PACKET_MAX_BYTES, type PacketHeader } from './packet.ts'

/**
 * Encodes packets and writes them to the transport. All packets of one turn of the event loop leave in one write:
 * callers who wake up together (four replies in one chunk) cost one system call, not four.
 */
export class PacketOutput {
  readonly #transport: Writable
  readonly #writer = new XdrWriter()
  readonly #flushQueued = (): void => this.flush()
  #scheduled = false

  constructor(transport: Writable) {
    this.#transport = transport
  }

  /** Queues one packet for this turn's write. Throws XdrError, with nothing queued, when the value can't be encoded. */
  send<T>(header: Readonly<PacketHeader>, codec: CodecPair<T>, value: T): void {
    const writer = this.#writer
    const position = beginPacket(writer, header)
    try {
      codec.encode(writer, value)
      const packetBytes = writer.length - position
      if (packetBytes > PACKET_MAX_BYTES)
        throw new XdrError(`packet of ${packetBytes} bytes, limit ${PACKET_MAX_BYTES}`)
    } catch (error) {
      writer.truncate(position)
      throw error
    }
    endPacket(writer, position)
    if (!this.#scheduled) {
      this.#scheduled = true
      process.nextTick(this.#flushQueued)
    }
  }

  /**
   * Writes a packet whose payload is `data` as it is, without copying: the caller must not change it afterwards.
   * Returns false when the transport wants to be left alone until it has drained.
   */
  sendData(header: Readonly<PacketHeader>, data: Uint8Array): boolean {
    const position = beginPacket(this.#writer, header)
    endPacket(this.#writer, position, data.byteLength)
    this.#transport.cork()
    this.flush()
    if (data.byteLength > 0) this.#write(data)
    this.#transport.uncork()
    return !this.#transport.writableNeedDrain
  }

  /** Writes out what is queued; false when the transport wants to be left alone until it has drained. */
  sendQueued(): boolean {
    this.flush()
    return !this.#transport.writableNeedDrain
  }

  /** Writes out what is queued, at once. */
  flush(): void {
    this.#scheduled = false
    if (this.#writer.length >= HEADER_BYTES) this.#write(this.#writer.take())
  }

  get needsDrain(): boolean {
    return this.#transport.writableNeedDrain
  }

  #write(bytes: Uint8Array): void {
    if (this.#transport.writable) this.#transport.write(bytes)
  }
}
