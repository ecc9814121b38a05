import { type Duplex, duplexPair } from 'node:stream'
import { type LibvirtConnection, type OpenOptions, openLibvirt } from '../../../../src/main/libvirt/index.ts'
import {
  beginPacket,
  endPacket,
  type PacketHeader,
  packetStatus,
  packetType,
} from '../../../../src/main/libvirt/packet/packet.ts'
import { PacketParser } from '../../../../src/main/libvirt/packet/packet-parser.ts'
import { decodeErrorRecord, encodeErrorRecord } from '../../../../src/main/libvirt/protocol/codec.gen.ts'
import { type CodecPair, noResult, type Procedure, REMOTE } from '../../../../src/main/libvirt/protocol/procedure.ts'
import { procedures } from '../../../../src/main/libvirt/protocol/procedures.gen.ts'
import type { ErrorRecord } from '../../../../src/main/libvirt/protocol/types.gen.ts'
import { XdrWriter } from '../../../../src/main/libvirt/xdr/writer.ts'

export interface Received {
  readonly header: PacketHeader
  /** The decoded arguments of a call; the bytes of a stream packet. */
  readonly body: unknown
}

type Name = keyof typeof procedures

const errorCodec: CodecPair<ErrorRecord> = { encode: encodeErrorRecord, decode: decodeErrorRecord }
const byNumber = new Map(
  Object.values(procedures).map((procedure) => [`${procedure.program}/${procedure.number}`, procedure] as const),
)

/** The daemon's side of a connection, under the test's control: it decodes what comes and says what it is told to. */
export class FakeDaemon {
  readonly transport: Duplex
  readonly #inbox: Received[] = []
  #waiting: ((received: Received) => void) | undefined

  constructor(transport: Duplex) {
    this.transport = transport
    const parser = new PacketParser((header, payload) => {
      const procedure = byNumber.get(`${header.program}/${header.procedure}`)
      const isCall = header.type === packetType.call && procedure !== undefined
      const body = isCall ? procedure.arguments.decode(payload) : payload.rest()
      const received = { header: { ...header }, body }
      this.#receive(received)
      // A client that says goodbye waits for the answer; no test is about anything else by then.
      if (procedure === procedures.CONNECT_CLOSE && transport.writable) this.send(this.reply(received, undefined))
    })
    transport.on('data', (chunk: Buffer) => parser.push(chunk))
    transport.on('error', () => undefined)
  }

  /** What the client sent next. */
  next(): Promise<Received> {
    const first = this.#inbox.shift()
    if (first !== undefined) return Promise.resolve(first)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  get unread(): number {
    return this.#inbox.length
  }

  /** The next packet, which must be a call of `name`, answered with `result`. */
  async answer<N extends Name>(name: N, result: unknown): Promise<Received> {
    const received = await this.next()
    if (received.header.procedure !== procedures[name].number) {
      throw new Error(`procedure ${received.header.procedure} instead of ${name}`)
    }
    this.send(this.reply(received, result))
    return received
  }

  /** The packet that answers a call. */
  reply({ header }: Received, result: unknown): Buffer {
    const procedure = byNumber.get(`${header.program}/${header.procedure}`)
    const codec = (procedure?.result ?? noResult) as CodecPair<unknown>
    return packet({ ...header, type: packetType.reply, status: packetStatus.ok }, codec, result)
  }

  /** The packet that answers a call, or a stream, with an error. */
  failure({ header }: Received, record: Partial<ErrorRecord>, type: number = packetType.reply): Buffer {
    return packet({ ...header, type, status: packetStatus.error }, errorCodec, errorRecord(record))
  }

  event<N extends Name>(name: N, message: unknown): Buffer {
    const procedure = procedures[name] as Procedure<unknown, unknown>
    return packet(header({ procedure: procedure.number, type: packetType.message }), procedure.result, message)
  }

  send(...packets: Uint8Array[]): void {
    this.transport.write(Buffer.concat(packets))
  }

  #receive(received: Received): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#inbox.push(received)
    else waiting(received)
  }
}

/** A header with REMOTE's numbers unless said otherwise. */
export function header(fields: Partial<PacketHeader>): PacketHeader {
  return {
    program: REMOTE,
    version: 1,
    procedure: 1,
    type: packetType.reply,
    serial: 0,
    status: packetStatus.ok,
    ...fields,
  }
}

/** One packet as bytes. */
export function packet<T>(fields: PacketHeader, codec: CodecPair<T>, value: T): Buffer {
  const writer = new XdrWriter()
  const position = beginPacket(writer, fields)
  codec.encode(writer, value)
  endPacket(writer, position)
  return writer.take()
}

/** One packet with a payload of raw bytes. */
export function rawPacket(fields: PacketHeader, payload: Uint8Array): Buffer {
  const writer = new XdrWriter()
  const position = beginPacket(writer, fields)
  endPacket(writer, position, payload.byteLength)
  return Buffer.concat([writer.take(), payload])
}

export function errorRecord(fields: Partial<ErrorRecord>): ErrorRecord {
  const none = { dom: null, str1: null, str2: null, str3: null, int1: 0, int2: 0, net: null }
  return { code: 1, domain: 7, message: 'it failed', level: 2, ...none, ...fields }
}

/** A connection and the daemon at its other end, opened without authentication and without keepalive. */
export async function openPair(
  options: OpenOptions = { keepalive: 'off' },
): Promise<{ connection: LibvirtConnection; daemon: FakeDaemon; transport: Duplex }> {
  const [clientSide, daemonSide] = duplexPair()
  const daemon = new FakeDaemon(daemonSide)
  const opening = openLibvirt(clientSide, options)
  await daemon.answer('AUTH_LIST', { types: [0] })
  if (options.keepalive !== 'off') await daemon.answer('CONNECT_SUPPORTS_FEATURE', { supported: 1 })
  await daemon.answer('CONNECT_OPEN', undefined)
  return { connection: await opening, daemon, transport: clientSide }
}
