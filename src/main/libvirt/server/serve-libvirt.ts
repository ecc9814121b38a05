import type { Duplex } from 'node:stream'
import { keepaliveHeader, PING, PONG } from '../connection/keepalive.ts'
import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import { PacketOutput } from '../packet/packet-output.ts'
import { PacketParser } from '../packet/packet-parser.ts'
import { decodeErrorRecord, encodeErrorRecord } from '../protocol/codec.gen.ts'
import {
  type CodecPair,
  KEEPALIVE,
  noArguments,
  PROGRAM_VERSION,
  type Procedure,
  REMOTE,
} from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import type { ErrorRecord } from '../protocol/types.gen.ts'
import { XdrError } from '../xdr/primitives.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { DaemonError, unsupported } from './daemon-error.ts'
import { DaemonStream } from './daemon-stream.ts'
import type { DaemonBehaviour, DaemonClient } from './daemon-types.ts'

type AnyProcedure = Procedure<unknown, unknown>
type AnyHandler = (args: unknown, client: DaemonClient) => unknown

const errors: CodecPair<ErrorRecord> = { encode: encodeErrorRecord, decode: decodeErrorRecord }
const byNumber: ReadonlyMap<string, AnyProcedure> = new Map(
  Object.values(procedures).map((procedure) => [`${procedure.program}/${procedure.number}`, procedure as AnyProcedure]),
)

/** What a client may call that opened the connection read-only: what only tells, and what a connection itself needs. */
const READS = /_(GET|LIST|NUM|LOOKUP|IS|HAS|SUPPORTS|COMPARE|BASELINE|REGISTER|DEREGISTER)(_|$)|_(CLOSE|OPEN)$|^AUTH_/
const FLAG_READ_ONLY = 1

/**
 * Speaks the daemon's side of the protocol to one client: decodes its calls, answers them with what `handlers` return, carries its
 * streams, and answers its keepalive. Calls are begun in the order in which they came; what answers later overtakes nobody. A client whose
 * bytes make no sense loses its connection. The transport belongs to this from here on.
 */
export function serveLibvirt(transport: Duplex, behaviour: DaemonBehaviour): DaemonClient {
  return new ServedClient(transport, behaviour)
}

class ServedClient implements DaemonClient {
  readonly closed: Promise<void>
  readonly #transport: Duplex
  readonly #behaviour: DaemonBehaviour
  readonly #output: PacketOutput
  readonly #streams = new Map<number, DaemonStream>()
  #isReadOnly = false
  #isClosed = false

  constructor(transport: Duplex, behaviour: DaemonBehaviour) {
    this.#transport = transport
    this.#behaviour = behaviour
    this.#output = new PacketOutput(transport)
    const parser = new PacketParser((header, payload) => this.#handle(header, payload))
    const ended = Promise.withResolvers<void>()
    this.closed = ended.promise
    const end = () => {
      if (this.#isClosed) return
      this.#isClosed = true
      parser.stop()
      for (const stream of [...this.#streams.values()]) stream.drop()
      ended.resolve()
    }
    transport.on('data', (chunk: Buffer) => {
      try {
        parser.push(chunk)
      } catch (error) {
        if (!(error instanceof XdrError)) throw error
        transport.destroy()
      }
    })
    transport.on('error', end)
    transport.on('close', end)
    transport.on('end', () => {
      end()
      transport.end()
    })
  }

  send<M extends keyof typeof procedures>(event: M, message: unknown): void {
    if (this.#isClosed) return
    const { program, number, result } = procedures[event] as AnyProcedure
    const header = { program, version: PROGRAM_VERSION, procedure: number, type: packetType.message, serial: 0 }
    this.#output.send({ ...header, status: packetStatus.ok }, result, message)
  }

  #handle(header: Readonly<PacketHeader>, payload: XdrReader): void {
    if (header.program === KEEPALIVE) {
      if (header.procedure === PING) this.#output.send(keepaliveHeader(PONG), noArguments, {})
    } else if (header.type === packetType.call) this.#call({ ...header }, payload)
    else if (header.type === packetType.stream) this.#streams.get(header.serial)?.receive(header, payload)
    else throw new XdrError(`packet of the type ${header.type} from a client`)
  }

  #call(header: PacketHeader, payload: XdrReader): void {
    const procedure = byNumber.get(`${header.program}/${header.procedure}`)
    if (procedure === undefined || procedure.kind !== 'call') {
      this.#refuse(header, unsupported(procedure?.name ?? `procedure ${header.procedure}`))
      return
    }
    const args = procedure.arguments.decode(payload)
    payload.finish()
    if (procedure.name === 'CONNECT_OPEN') {
      const { flags } = args as { readonly flags: number }
      this.#isReadOnly = (flags & FLAG_READ_ONLY) !== 0
    }
    if (this.#isReadOnly && !READS.test(procedure.name)) {
      this.#refuse(header, new DaemonError('operationDenied', 'operation forbidden for read only access', 'domain'))
      return
    }
    try {
      const answer = this.#answer(procedure, args, header)
      if (answer instanceof Promise) {
        answer.then(
          (result) => this.#reply(header, procedure, result),
          (error: unknown) => this.#refuse(header, error),
        )
      } else this.#reply(header, procedure, answer)
    } catch (error) {
      this.#refuse(header, error)
    }
  }

  #answer(procedure: AnyProcedure, args: unknown, header: PacketHeader): unknown {
    const { handlers, streams } = this.#behaviour
    if (procedure.stream !== null) {
      const open = (streams as Readonly<Record<string, ((args: unknown) => Duplex) | undefined>>)[procedure.name]
      if (open === undefined) throw unsupported(procedure.name)
      this.#openStream(open(args), header)
      return undefined
    }
    const handler = (handlers as Readonly<Record<string, AnyHandler | undefined>>)[procedure.name]
    if (handler === undefined) throw unsupported(procedure.name)
    return handler(args, this)
  }

  #openStream(end: Duplex, header: PacketHeader): void {
    const onOver = () => this.#streams.delete(header.serial)
    const options = { end, transport: this.#transport, output: this.#output, header, errors, onOver }
    this.#streams.set(header.serial, new DaemonStream(options))
  }

  #reply(header: PacketHeader, procedure: AnyProcedure, result: unknown): void {
    if (this.#isClosed) return
    this.#output.send({ ...header, type: packetType.reply, status: packetStatus.ok }, procedure.result, result)
  }

  #refuse(header: PacketHeader, error: unknown): void {
    if (this.#isClosed) return
    // Anything else is a bug of a handler: its client is told so instead of waiting for ever.
    const known = error instanceof DaemonError ? error : new DaemonError('internal', `internal error: ${String(error)}`)
    const type = packetType.reply
    this.#output.send(
      { ...header, program: header.program || REMOTE, type, status: packetStatus.error },
      errors,
      known.record,
    )
  }
}
