import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import { callFailed, protocolViolation } from '../errors.ts'
import { EventHub } from '../events/event-hub.ts'
import { type PacketHeader, packetStatus, packetType } from '../packet/packet.ts'
import { PacketOutput } from '../packet/packet-output.ts'
import { PacketParser } from '../packet/packet-parser.ts'
import { decodeErrorRecord } from '../protocol/codec.gen.ts'
import {
  KEEPALIVE,
  noArguments,
  PROGRAM_VERSION,
  type Procedure,
  type ProcedureIdentity,
  QEMU,
  REMOTE,
} from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import { StreamTable } from '../streams/stream-table.ts'
import { XdrError } from '../xdr/primitives.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { CallQueue, type PendingCall } from './call-queue.ts'
import { createEventRegistrar } from './event-registrar.ts'
import { type KeepaliveSettings, KeepaliveWatch, keepaliveHeader, PING, PONG } from './keepalive.ts'

const TIMEOUT_DEFAULT_MS = 30_000
/** How long the daemon may take to answer the goodbye. Long, as it may die of one that is not waited for. */
const GOODBYE_TIMEOUT_MS = 5_000
const SETTLE_TIMEOUT_MS = 2_000
const CLOSE_TIMEOUT_MS = 1_000
const NO_OPTIONS: CallOptions = {}
/** `virConnectCloseReason`. */
const CLOSE_REASONS = ['error', 'end-of-file', 'keepalive', 'client'] as const

/**
 * The engine room of a connection: bytes in and out, calls, streams, events, keepalive. It ends once, with one reason,
 * and everything that waits hears of it.
 */
export class Connection {
  readonly #transport: Duplex
  readonly #parser: PacketParser
  readonly #output: PacketOutput
  readonly #calls = new CallQueue(
    (call) => this.#sendCall(call),
    (unanswered) => this.end(new AppError('libvirt.calls-unanswered', { unanswered })),
  )
  readonly streams: StreamTable
  readonly events = new EventHub(createEventRegistrar(this))
  readonly closed: Promise<AppError | null>
  readonly #resolveClosed: (reason: AppError | null) => void
  #keepalive: KeepaliveWatch | undefined
  #serial = 0
  #closing: Promise<void> | undefined
  #ended: { readonly reason: AppError | null } | undefined

  constructor(transport: Duplex) {
    this.#transport = transport
    this.#parser = new PacketParser((header, payload) => this.#handlePacket(header, payload))
    this.#output = new PacketOutput(transport)
    this.streams = new StreamTable(transport, this.#output)
    const { promise, resolve } = Promise.withResolvers<AppError | null>()
    this.closed = promise
    this.#resolveClosed = resolve
    if (transport.destroyed) this.end(connectionClosed('the transport was closed before'))
    transport.on('data', (chunk: Buffer) => this.#handleChunk(chunk))
    transport.on('error', (error) => this.end(connectionClosed(error.message, error)))
    transport.on('end', () => this.end(connectionClosed('the other side ended the connection')))
    transport.on('close', () => this.end(connectionClosed('the transport closed')))
  }

  /**
   * Sends a call when there is a free slot. `succeed` runs in the turn that handles the reply, before any packet that
   * comes after it.
   */
  start<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions | undefined,
    succeed: (result: R, serial: number) => void,
    fail: (error: unknown) => void,
  ): void {
    if (this.#ended !== undefined || this.#closing !== undefined) {
      fail(this.#endedError())
      return
    }
    const { timeoutMs = TIMEOUT_DEFAULT_MS, signal } = options ?? NO_OPTIONS
    this.#calls.add(pendingCall(procedure, args, timeoutMs, signal, succeed, fail))
  }

  /** The same as a promise. */
  call<A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<R> {
    return new Promise((resolve, reject) => this.start(procedure, args, options, resolve, reject))
  }

  startKeepalive(settings: KeepaliveSettings): void {
    const ping = (): void => this.#output.send(keepaliveHeader(PING), noArguments, {})
    const lost = (): void =>
      this.end(new AppError('libvirt.keepalive-lost', { intervalMs: settings.intervalMs, missed: settings.count }))
    this.#keepalive = new KeepaliveWatch(settings, ping, lost)
    this.#keepalive.start(() => this.streams.isReading)
  }

  /** Ends the connection for `cause`; null when it was asked for. Only the first cause counts. */
  end(cause: AppError | null): void {
    if (this.#ended !== undefined) return
    // While it is being closed, whatever ends it is no news.
    const reason = this.#closing === undefined ? cause : null
    this.#ended = { reason }
    this.#parser.stop()
    this.#keepalive?.stop()
    const error = this.#endedError()
    const text = reason === null ? 'closed' : reasonText(reason)
    this.#calls.end(text, error)
    this.streams.end(text, error)
    this.events.end(reason ?? undefined)
    if (cause !== null) this.#transport.destroy()
    this.#resolveClosed(reason)
  }

  /** Says goodbye and ends; what is pending becomes outcome unknown. */
  close(): Promise<void> {
    this.#closing ??= this.#ended === undefined ? this.#close() : Promise.resolve()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#transport.once('close', resolve))
    const registering = this.events.settled()
    if (registering !== null) await this.#waitFor(registering)
    if (this.#ended === undefined) {
      const error = this.#endedError()
      this.#calls.abandonAll('closed', error)
      this.streams.end('closed', error)
      this.events.end(undefined)
      this.#transport.resume()
      await this.#sayGoodbye()
      this.end(null)
    }
    const timer = setTimeout(() => this.#transport.destroy(), CLOSE_TIMEOUT_MS)
    this.#transport.resume()
    this.#transport.end(() => this.#transport.destroy())
    await closed
    clearTimeout(timer)
  }

  /**
   * A daemon that closes a connection takes its registrations apart without the lock under which another of its threads still makes or removes
   * one (remoteClientFreePrivateCallbacks of libvirt 9.0.0, in which one died at a close). It is given a while to answer.
   */
  async #waitFor(registering: Promise<unknown>): Promise<void> {
    this.#transport.resume()
    const tooLong = Promise.withResolvers<void>()
    const timer = setTimeout(tooLong.resolve, SETTLE_TIMEOUT_MS)
    await Promise.race([registering, tooLong.promise])
    clearTimeout(timer)
  }

  /**
   * Waits for the daemon's answer, at most `GOODBYE_TIMEOUT_MS`. One that sees the end of the transport while it is still
   * dealing with the goodbye frees the event registrations twice, and dies of it (seen with libvirt 9.0.0).
   */
  #sayGoodbye(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => resolve()
      this.#calls.addUrgent(pendingCall(procedures.CONNECT_CLOSE, {}, GOODBYE_TIMEOUT_MS, undefined, done, done))
    })
  }

  #endedError(): AppError {
    const reason = this.#ended?.reason ?? null
    const text = reason === null ? 'closed' : reasonText(reason)
    return new AppError('libvirt.connection-closed', { reason: text }, { retry: 'safe', cause: reason ?? undefined })
  }

  #nextSerial(): number {
    this.#serial = this.#serial === 0xffff_ffff ? 1 : this.#serial + 1
    return this.#serial
  }

  #header(procedure: ProcedureIdentity, type: number, serial: number, status: number): PacketHeader {
    return { program: procedure.program, version: PROGRAM_VERSION, procedure: procedure.number, type, serial, status }
  }

  #sendCall(call: PendingCall): void {
    const { procedure } = call
    const serial = this.#nextSerial()
    try {
      this.#output.send(
        this.#header(procedure, packetType.call, serial, packetStatus.ok),
        procedure.arguments,
        call.args,
      )
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      const params = { procedure: procedure.name, detail: error.message }
      throw new AppError('libvirt.argument-invalid', params, { cause: error })
    }
    call.serial = serial
  }

  #handleChunk(chunk: Buffer): void {
    if (this.#ended !== undefined) return
    this.#keepalive?.heard()
    try {
      this.#parser.push(chunk)
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      this.end(protocolViolation(detail, error))
    }
  }

  #handlePacket(header: Readonly<PacketHeader>, payload: XdrReader): void {
    const { program } = header
    if (header.version !== PROGRAM_VERSION) throw new XdrError(`version ${header.version} of a program`)
    if (program === KEEPALIVE) this.#handleKeepalive(header, payload)
    else if (program === REMOTE || program === QEMU) this.#dispatch(header, payload)
    else throw new XdrError(`unknown program 0x${program.toString(16)}`)
  }

  #dispatch(header: Readonly<PacketHeader>, payload: XdrReader): void {
    // Whoever they were for has been told that it is over.
    if (this.#closing !== undefined && header.type !== packetType.reply) return
    switch (header.type) {
      case packetType.reply:
        this.#handleReply(header, payload)
        break
      case packetType.message:
        if (isDriverLost(header)) this.#endByDriver(payload)
        else this.events.dispatch(header.program, header.procedure, payload)
        break
      case packetType.stream:
      case packetType.streamHole:
        this.streams.handle(header, payload, this.#isOpeningStream(header.serial))
        break
      default:
        throw new XdrError(`packet of the type ${header.type} from a daemon`)
    }
  }

  /** A daemon that only passes calls on has lost the one that answers them: from here on every call would fail. */
  #endByDriver(payload: XdrReader): void {
    const { reason } = procedures.CONNECT_EVENT_CONNECTION_CLOSED.result.decode(payload)
    payload.finish()
    this.end(new AppError('libvirt.driver-lost', { reason: CLOSE_REASONS[reason] ?? 'error' }, { retry: 'safe' }))
  }

  #handleKeepalive(header: Readonly<PacketHeader>, payload: XdrReader): void {
    payload.finish()
    // While what was sent before is still on its way, that is sign of life enough, and answers must not pile up.
    if (header.procedure === PING) {
      if (!this.#output.needsDrain) this.#output.send(keepaliveHeader(PONG), noArguments, {})
    } else if (header.procedure !== PONG) throw new XdrError(`keepalive procedure ${header.procedure}`)
  }

  #isOpeningStream(serial: number): boolean {
    const call = this.#calls.find(serial)
    return call !== undefined && call.procedure.stream !== null
  }

  #handleReply(header: Readonly<PacketHeader>, payload: XdrReader): void {
    const call = this.#calls.settle(header.serial, header.status === packetStatus.ok)
    if (call === undefined)
      throw new XdrError(`reply to no call: procedure ${header.procedure}, serial ${header.serial}`)
    try {
      this.#settle(call, header, payload)
    } catch (error) {
      if (!(error instanceof XdrError)) throw error
      const detail = `reply of ${call.procedure.name}: ${error.message}`
      const violation = protocolViolation(detail, error)
      this.end(violation)
      call.fail(violation)
    }
  }

  #settle(call: PendingCall, header: Readonly<PacketHeader>, payload: XdrReader): void {
    const { procedure } = call
    if (header.procedure !== procedure.number || header.program !== procedure.program) {
      throw new XdrError(`it is for procedure ${header.procedure} of program 0x${header.program.toString(16)}`)
    }
    if (header.status === packetStatus.error) {
      this.streams.refused(header.serial)
      const record = decodeErrorRecord(payload)
      payload.finish()
      if (!call.abandoned) call.fail(callFailed(procedure.name, record))
      return
    }
    if (header.status !== packetStatus.ok) throw new XdrError(`status ${header.status}`)
    const result = procedure.result.decode(payload)
    payload.finish()
    if (call.abandoned) this.streams.discard(procedure, header.serial)
    else call.succeed(result, header.serial)
  }
}

function isDriverLost({ program, procedure }: Readonly<PacketHeader>): boolean {
  return program === REMOTE && procedure === procedures.CONNECT_EVENT_CONNECTION_CLOSED.number
}

function pendingCall<A, R>(
  procedure: Procedure<A, R>,
  args: A,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  succeed: (result: R, serial: number) => void,
  fail: PendingCall['fail'],
): PendingCall {
  return {
    procedure,
    args,
    timeoutMs,
    deadlineMs: performance.now() + timeoutMs,
    signal,
    serial: 0,
    abandoned: false,
    onAbort: undefined,
    succeed: succeed as PendingCall['succeed'],
    fail,
  }
}

function connectionClosed(reason: string, cause?: unknown): AppError {
  return new AppError('libvirt.connection-closed', { reason }, { cause, retry: 'safe' })
}

function reasonText(reason: AppError): string {
  if (reason.code === 'libvirt.connection-closed')
    return (reason as AppError<'libvirt.connection-closed'>).params.reason
  return reason.message
}
