import type { Duplex } from 'node:stream'
import { callFailed, outcomeUnknown } from '../errors.ts'
import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import type { PacketOutput } from '../packet/packet-output.ts'
import { decodeErrorRecord } from '../protocol/codec.gen.ts'
import { type CodecPair, noArguments, PROGRAM_VERSION, type ProcedureIdentity } from '../protocol/procedure.ts'
import { XdrError } from '../xdr/primitives.ts'
import { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'
import type { StreamLink } from './stream-core.ts'
import { StreamCore, type StreamTimes } from './stream-core.ts'

/** `virNetStreamHole`: a run of zeros that is not sent. */
interface StreamHole {
  readonly length: bigint
  readonly flags: number
}

export const streamHoleCodec: CodecPair<StreamHole> = {
  encode(writer: XdrWriter, hole: StreamHole): void {
    writer.hyper(hole.length)
    writer.uint(hole.flags)
  },
  decode(reader: XdrReader): StreamHole {
    return { length: reader.hyper(), flags: reader.uint() }
  },
}

/** How many streams that are over are remembered, for packets that were on their way. */
const FINISHED_MAX = 256
/** Packets that overtake the reply to the opening of their stream, and their bytes, of all streams together. */
const EARLY_MAX = 256
const EARLY_MAX_BYTES = 33_554_432

interface EarlyPacket {
  readonly header: PacketHeader
  readonly payload: Buffer
}

interface OpenStream {
  readonly procedure: ProcedureIdentity
  readonly core: StreamCore
}

/** The streams of a connection by serial, and the transport's back-pressure both ways. */
export class StreamTable {
  readonly #transport: Duplex
  readonly #output: PacketOutput
  readonly #open = new Map<number, OpenStream>()
  readonly #finished = new Set<number>()
  readonly #early = new Map<number, EarlyPacket[]>()
  readonly #holdingBack = new Set<number>()
  #drain: PromiseWithResolvers<void> | undefined

  constructor(transport: Duplex, output: PacketOutput) {
    this.#transport = transport
    this.#output = output
    transport.on('drain', () => {
      this.#drain?.resolve()
      this.#drain = undefined
    })
  }

  /** False while a stream's consumer is so far behind that the transport is not read. */
  get isReading(): boolean {
    return this.#holdingBack.size === 0
  }

  /** Begins the stream that the call with this serial opened. */
  open(procedure: ProcedureIdentity, serial: number, times: StreamTimes): StreamCore {
    const core = new StreamCore(this.#link(procedure, serial), procedure.name, times)
    const stream = { procedure, core }
    this.#open.set(serial, stream)
    const early = this.#early.get(serial) ?? []
    this.#early.delete(serial)
    for (const { header, payload } of early) this.#deliver(stream, header, new XdrReader(payload))
    return core
  }

  /** The opening was refused: nothing is expected of the stream. */
  refused(serial: number): void {
    this.#early.delete(serial)
  }

  /** Aborts a stream whose opening call was given up before its reply came. */
  discard(procedure: ProcedureIdentity, serial: number): void {
    if (procedure.stream === null) return
    const core = this.open(procedure, serial, { timeoutMs: 30_000, idleTimeoutMs: 0 })
    core.abort().catch(() => undefined)
  }

  /**
   * Handles one stream packet. `isOpening`: a call with its serial is under way; the daemon's event loop may send data
   * before the worker that opened the stream has sent the reply. Throws XdrError for a packet that belongs to no stream
   * or makes no sense.
   */
  handle(header: Readonly<PacketHeader>, payload: XdrReader, isOpening: boolean): void {
    const stream = this.#open.get(header.serial)
    if (stream !== undefined) this.#deliver(stream, header, payload)
    else if (isOpening) this.#keep(header, payload)
    else if (!this.#finished.has(header.serial)) {
      throw new XdrError(`data for no stream: procedure ${header.procedure}, serial ${header.serial}`)
    }
  }

  #keep(header: Readonly<PacketHeader>, payload: XdrReader): void {
    const kept = [...this.#early.values()].flat()
    const keptBytes = kept.reduce((sum, early) => sum + early.payload.byteLength, 0)
    if (kept.length >= EARLY_MAX || keptBytes + payload.remaining > EARLY_MAX_BYTES) {
      throw new XdrError(`over ${EARLY_MAX} packets or ${EARLY_MAX_BYTES} bytes of streams that are not open yet`)
    }
    const early = { header: { ...header }, payload: payload.rest() }
    this.#early.set(header.serial, [...(this.#early.get(header.serial) ?? []), early])
  }

  #deliver({ core, procedure }: OpenStream, header: Readonly<PacketHeader>, payload: XdrReader): void {
    if (header.procedure !== procedure.number || header.program !== procedure.program) {
      throw new XdrError(`data of procedure ${header.procedure} in the stream of ${procedure.name}`)
    }
    switch (header.status) {
      case packetStatus.continue:
        if (header.type === packetType.stream) core.onData(payload.rest())
        else core.onHole(readHole(payload))
        break
      case packetStatus.ok:
        core.onEnd()
        break
      case packetStatus.error:
        core.onError(callFailed(procedure.name, decodeErrorRecord(payload)))
        break
      default:
        throw new XdrError(`stream packet with the status ${header.status}`)
    }
  }

  end(reason: string, cause: unknown): void {
    for (const { core, procedure } of [...this.#open.values()]) {
      core.onError(outcomeUnknown(procedure.name, reason, true, cause))
    }
    this.#drain?.reject(cause)
    this.#drain = undefined
  }

  #link(procedure: ProcedureIdentity, serial: number): StreamLink {
    const header = (type: number, status: number): PacketHeader => {
      return { program: procedure.program, version: PROGRAM_VERSION, procedure: procedure.number, type, serial, status }
    }
    const dataHeader = header(packetType.stream, packetStatus.continue)
    const holeHeader = header(packetType.streamHole, packetStatus.continue)
    return {
      sendData: (data) => this.#output.sendData(dataHeader, data),
      sendHole: (byteLength) => {
        this.#output.send(holeHeader, streamHoleCodec, { length: byteLength, flags: 0 })
        return this.#output.sendQueued()
      },
      sendEnd: (how) => {
        const status = how === 'finish' ? packetStatus.ok : packetStatus.error
        this.#output.send(header(packetType.stream, status), noArguments, {})
      },
      drained: () => this.#drained(),
      setReading: (reading) => this.#setReading(serial, reading),
      release: () => this.#release(serial),
    }
  }

  #drained(): Promise<void> {
    if (!this.#output.needsDrain) return Promise.resolve()
    this.#drain ??= Promise.withResolvers<void>()
    return this.#drain.promise
  }

  #setReading(serial: number, reading: boolean): void {
    if (reading) this.#holdingBack.delete(serial)
    else this.#holdingBack.add(serial)
    if (this.isReading) this.#transport.resume()
    else this.#transport.pause()
  }

  #release(serial: number): void {
    this.#open.delete(serial)
    this.#setReading(serial, true)
    this.#finished.add(serial)
    if (this.#finished.size > FINISHED_MAX) {
      const [oldest] = this.#finished
      if (oldest !== undefined) this.#finished.delete(oldest)
    }
  }
}

function readHole(payload: XdrReader): bigint {
  const { length } = streamHoleCodec.decode(payload)
  payload.finish()
  if (length < 0n) throw new XdrError(`hole of ${length} bytes`)
  return length
}
