import type { Duplex } from 'node:stream'
import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import type { PacketOutput } from '../packet/packet-output.ts'
import { type CodecPair, noArguments } from '../protocol/procedure.ts'
import type { ErrorRecord } from '../protocol/types.gen.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { DaemonError } from './daemon-error.ts'

interface DaemonStreamOptions {
  readonly end: Duplex
  readonly transport: Duplex
  readonly output: PacketOutput
  /** Of the call that opened it. */
  readonly header: PacketHeader
  readonly errors: CodecPair<ErrorRecord>
  /** It is over: nothing more is sent or expected. */
  readonly onOver: () => void
}

/** The daemon's side of one stream: what a `Duplex` says goes to the client, and the other way round, with back-pressure both ways. */
export class DaemonStream {
  readonly #options: DaemonStreamOptions
  #isOver = false

  constructor(options: DaemonStreamOptions) {
    this.#options = options
    const { end, transport, output, header } = options
    const data = { ...header, type: packetType.stream, status: packetStatus.continue }
    end.on('data', (chunk: Buffer) => {
      if (this.#isOver || output.sendData(data, chunk)) return
      end.pause()
      transport.once('drain', () => end.resume())
    })
    end.on('end', () => {
      if (!this.#isOver) output.sendData(data, new Uint8Array(0))
    })
    end.on('error', (error) => this.#fail(error.message))
  }

  /** One packet of the client. */
  receive(header: Readonly<PacketHeader>, payload: XdrReader): void {
    const { end, transport } = this.#options
    if (header.status === packetStatus.continue) {
      const bytes = payload.rest()
      if (end.write(bytes)) return
      transport.pause()
      end.once('drain', () => transport.resume())
    } else if (header.status === packetStatus.ok) {
      this.#options.output.send(this.#header(packetStatus.ok), noArguments, {})
      this.#over()
      end.end()
    } else {
      this.#fail('stream aborted at client request')
    }
  }

  /** The connection has ended. */
  drop(): void {
    this.#over()
    this.#options.end.destroy()
  }

  #fail(message: string): void {
    if (this.#isOver) return
    const { output, errors, end } = this.#options
    output.send(this.#header(packetStatus.error), errors, new DaemonError('rpc', message, 'rpc').record)
    this.#over()
    end.destroy()
  }

  #header(status: number): PacketHeader {
    return { ...this.#options.header, type: packetType.stream, status }
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.onOver()
  }
}
