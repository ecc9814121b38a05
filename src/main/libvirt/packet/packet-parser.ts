import { XdrError } from '../xdr/primitives.ts'
import { XdrReader } from '../xdr/reader.ts'
import { HEADER_BYTES, PACKET_MAX_BYTES, type PacketHeader } from './packet.ts'

const LENGTH_BYTES = 4

/**
 * Called for each packet. Header and reader (which stands at the payload) are reused for the next packet: whoever
 * needs more than their values copies them.
 */
export type PacketHandler = (header: Readonly<PacketHeader>, payload: XdrReader) => void

/**
 * Cuts chunks, however they come, into packets. A packet that lies whole in one chunk is read where it is; one that
 * spans several is put together once, when its last byte is there, so that memory follows what has arrived and not
 * what a length promises.
 */
export class PacketParser {
  readonly #handler: PacketHandler
  readonly #reader = new XdrReader()
  readonly #header: PacketHeader = { program: 0, version: 0, procedure: 0, type: 0, serial: 0, status: 0 }
  #parts: Buffer[] = []
  #heldBytes = 0
  #wantedBytes = LENGTH_BYTES
  #stopped = false

  constructor(handler: PacketHandler) {
    this.#handler = handler
  }

  /** Takes the next chunk. Throws XdrError for a length outside of the limits, and what the handler throws. */
  push(chunk: Buffer): void {
    if (this.#heldBytes === 0) {
      this.#parse(chunk)
      return
    }
    this.#parts.push(chunk)
    this.#heldBytes += chunk.byteLength
    if (this.#heldBytes < this.#wantedBytes) return
    const joined = Buffer.concat(this.#parts, this.#heldBytes)
    this.#parts = []
    this.#heldBytes = 0
    this.#parse(joined)
  }

  /** No packet is handed over after this, not even from the chunk at hand. */
  stop(): void {
    this.#stopped = true
    this.#parts = []
    this.#heldBytes = 0
  }

  #parse(bytes: Buffer): void {
    let offset = 0
    this.#wantedBytes = LENGTH_BYTES
    while (!this.#stopped && bytes.byteLength - offset >= LENGTH_BYTES) {
      const packetBytes = bytes.readUInt32BE(offset)
      if (packetBytes < HEADER_BYTES || packetBytes > PACKET_MAX_BYTES) {
        throw new XdrError(`packet of ${packetBytes} bytes, allowed are ${HEADER_BYTES} to ${PACKET_MAX_BYTES}`)
      }
      if (bytes.byteLength - offset < packetBytes) {
        this.#wantedBytes = packetBytes
        break
      }
      this.#handle(bytes, offset, offset + packetBytes)
      offset += packetBytes
    }
    if (this.#stopped || offset === bytes.byteLength) return
    this.#parts = [offset === 0 ? bytes : bytes.subarray(offset)]
    this.#heldBytes = bytes.byteLength - offset
  }

  #handle(bytes: Buffer, start: number, end: number): void {
    const reader = this.#reader
    const header = this.#header
    reader.reset(bytes, start + LENGTH_BYTES, end)
    header.program = reader.uint()
    header.version = reader.uint()
    header.procedure = reader.uint()
    header.type = reader.uint()
    header.serial = reader.uint()
    header.status = reader.uint()
    this.#handler(header, reader)
  }
}
