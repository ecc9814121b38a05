import type { Duplex } from 'node:stream'
import { callFailed, outcomeUnknown } from '../errors.ts'
import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import type { PacketOutput } from '../packet/packet-output.ts'
import { decodeErrorRecord } from '../protocol/codec.gen.ts'
import { streamHoleCodec } from '../protocol/hole.ts'
import { noArguments, PROGRAM_VERSION, type ProcedureIdentity } from '../protocol/procedure.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { XdrError } from '../xdr/xdr-error.ts'
import { StreamCore, type StreamTimes } from './stream-core.ts'
import type { StreamLink } from './stream-link.ts'

/** How many streams that are over are remembered, for packets that were on their way. */
const FINISHED_MAX = 256

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
    this.#open.set(serial, { procedure, core })
    return core
  }

  /** Aborts a stream whose opening call was given up before its reply came. */
  discard(procedure: ProcedureIdentity, serial: number): void {
    if (procedure.stream === null) return
    const core = this.open(procedure, serial, { timeoutMs: 30_000, idleTimeoutMs: 0 })
    core.abort().catch(() => undefined)
  }

  /** Handles one stream packet. Throws XdrError for one that belongs to no stream or makes no sense. */
  handle(header: Readonly<PacketHeader>, payload: XdrReader): void {
    const stream = this.#open.get(header.serial)
    if (stream === undefined) {
      if (this.#finished.has(header.serial)) return
      throw new XdrError(`data for no stream: procedure ${header.procedure}, serial ${header.serial}`)
    }
    const { core, procedure } = stream
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
