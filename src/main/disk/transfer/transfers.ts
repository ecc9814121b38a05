import {
  CONSOLE_CLOSE_ENDED,
  CONSOLE_CLOSE_ERROR,
  encodeConsoleClose,
  type ObjectReference,
} from '../../../shared/contract/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import {
  createTransferReceiver,
  createTransferSender,
  decodeTransferFrame,
  type TransferFrame,
  type TransferReceiver,
  type TransferSender,
  type TransferSource,
} from '../../../shared/transfer/index.ts'
import {
  type ByteSocket,
  type Clock,
  type Identity,
  type InstantHandler,
  isPermitted,
  type Log,
  type ModelSnapshot,
  SocketTickets,
} from '../../engine/index.ts'

/** A transfer that nobody is connected to for this long is given up. */
const ABANDONED_MS = 15 * 60_000
/** Sockets whose task has not come to its bytes yet. */
const WAITING_LIMIT = 64

interface TransferGrant {
  readonly user: string
  readonly transferId: string
  /** What its holder was asked to be permitted for; a transfer about something else does not take it. */
  readonly object: ObjectReference
}

/** A client's end: what it sends goes to whoever takes it, once that is there. */
interface Connection {
  readonly user: string
  readonly object: ObjectReference
  readonly socket: ByteSocket
  transfer: OpenTransfer | null
  isClosed: boolean
}

interface OpenTransfer {
  readonly user: string
  readonly object: ObjectReference
  connection: Connection | null
  attach(send: (bytes: Uint8Array) => void): void
  detach(): void
  /** False: the client does not keep to what was agreed. */
  receive(frame: TransferFrame): boolean
  /** Its client wants it no more. */
  abandon(): void
}

export interface TransferRequest {
  /** Made by the client, which asks for a ticket with it. */
  readonly transferId: string
  readonly user: string
  readonly object: ObjectReference
}

/** The engine's end of one transfer, while its task runs. */
export interface TransferEnd {
  /** Aborted when nobody has been connected for long, or its client wants it no more. */
  readonly abandoned: AbortSignal
  /** Tells the client how it ended, and ends its connection. */
  close(error: unknown): void
}

/** Files on their way between clients and hosts: tickets by command, bytes by socket. */
export interface Transfers {
  readonly handlers: { readonly 'disk.transfer-ticket': InstantHandler<'disk.transfer-ticket'> }
  /** Joins a client's socket to the transfer that the ticket is for. Never throws: what fails is said by the close code and reason. */
  attach(ticket: string, identity: Identity, socket: ByteSocket): void
  /** What a client sends. */
  openIncoming(request: TransferRequest): TransferEnd & { readonly receiver: TransferReceiver }
  /** What a client takes. `taken` resolves when it has all of it. */
  openOutgoing(request: TransferRequest, source: TransferSource): TransferEnd & { readonly ended: Promise<void> }
  stop(): void
}

export interface TransfersOptions {
  readonly clock: Clock
  readonly log: Log
  readonly model: () => ModelSnapshot
}

/** Creates the transfers of an engine. */
export function createTransfers({ clock, log, model }: TransfersOptions): Transfers {
  const tickets = new SocketTickets<TransferGrant>({
    clock,
    prefix: '/transfer',
    invalid: (reason) => new AppError('disk.ticket-invalid', { reason }),
    tooMany: (limit) => new AppError('disk.too-many-transfers', { limit }),
  })
  const open = new Map<string, OpenTransfer>()
  const waiting = new Map<string, Connection>()
  let isStopped = false

  function refuse(socket: ByteSocket, error: unknown): void {
    const { code, params } = toWireError(error)
    socket.close(CONSOLE_CLOSE_ERROR, encodeConsoleClose({ code, params }))
  }

  function connect(transfer: OpenTransfer, connection: Connection): void {
    const before = transfer.connection
    transfer.connection = connection
    connection.transfer = transfer
    if (before !== null) {
      before.transfer = null
      before.socket.close(CONSOLE_CLOSE_ENDED, '')
    }
    transfer.attach((bytes) => {
      if (!connection.isClosed) connection.socket.send(bytes, () => undefined)
    })
  }

  function lose(transferId: string, connection: Connection): void {
    connection.isClosed = true
    if (waiting.get(transferId) === connection) waiting.delete(transferId)
    const { transfer } = connection
    if (transfer?.connection !== connection) return
    transfer.connection = null
    transfer.detach()
  }

  function attach(ticket: string, identity: Identity, socket: ByteSocket): void {
    try {
      if (isStopped) throw new AppError('engine.stopping', {})
      const { user, transferId, object } = tickets.redeem(ticket, identity.user)
      if (!isPermitted(identity, 'disk.transfer', [object], model())) {
        throw new AppError('command.forbidden', { command: 'disk.transfer-ticket', permission: 'disk.transfer' })
      }
      if (waiting.size >= WAITING_LIMIT) throw new AppError('disk.too-many-transfers', { limit: WAITING_LIMIT })
      const connection: Connection = { user, object, socket, transfer: null, isClosed: false }
      socket.onClose(() => lose(transferId, connection))
      socket.onMessage((data) => {
        // Until its task has come to it, a client has been asked for nothing.
        const frame = decodeTransferFrame(data)
        if (frame?.t === 'abort' && connection.transfer !== null) {
          connection.transfer.abandon()
          return
        }
        if (frame !== null && connection.transfer?.receive(frame) === true) return
        log.warn({ user }, 'a client does not keep to what was agreed about a file')
        lose(transferId, connection)
        refuse(socket, new AppError('disk.transfer-broken', {}))
      })
      const transfer = open.get(transferId)
      if (transfer === undefined) {
        waiting.get(transferId)?.socket.close(CONSOLE_CLOSE_ENDED, '')
        waiting.set(transferId, connection)
      } else if (isFor(transfer, connection)) connect(transfer, connection)
      else throw new AppError('disk.ticket-invalid', { reason: 'other-user' })
    } catch (error) {
      refuse(socket, error)
    }
  }

  /** Counts it in; a client that is there already is joined to it. */
  function admit(
    { transferId, user, object }: TransferRequest,
    face: Omit<OpenTransfer, 'user' | 'object' | 'connection' | 'abandon'>,
  ): TransferEnd {
    const abandoned = new AbortController()
    let stopTimer: () => void = () => undefined
    const watch = () => {
      stopTimer = clock.after(ABANDONED_MS, () => abandoned.abort(new AppError('disk.transfer-abandoned', {})))
    }
    const transfer: OpenTransfer = {
      ...face,
      user,
      object,
      connection: null,
      abandon: () => abandoned.abort(new AppError('task.cancelled', { command: 'disk.transfer-ticket' })),
      attach: (send) => {
        stopTimer()
        face.attach(send)
      },
      detach: () => {
        watch()
        face.detach()
      },
    }
    watch()
    open.set(transferId, transfer)
    const early = waiting.get(transferId)
    waiting.delete(transferId)
    if (early !== undefined && isFor(transfer, early)) connect(transfer, early)
    else early?.socket.close(CONSOLE_CLOSE_ENDED, '')
    return {
      abandoned: abandoned.signal,
      close: (error) => {
        stopTimer()
        if (open.get(transferId) === transfer) open.delete(transferId)
        const { connection } = transfer
        transfer.connection = null
        if (connection === null) return
        connection.transfer = null
        if (error === null) connection.socket.close(CONSOLE_CLOSE_ENDED, '')
        else refuse(connection.socket, error)
      },
    }
  }

  return {
    handlers: {
      'disk.transfer-ticket': {
        name: 'disk.transfer-ticket',
        subject: (_model, { object: { kind, id } }) => ({ kind, id, name: '' }),
        validate: () => null,
        execute: async ({ input: { transferId, object }, identity: { user } }) =>
          tickets.issue({ user, transferId, object }),
      },
    },
    attach,
    openIncoming: (request) => {
      const receiver = createTransferReceiver()
      return { ...admit(request, receiver), receiver }
    },
    openOutgoing: (request, source) => {
      const ended = Promise.withResolvers<void>()
      ended.promise.catch(() => undefined)
      let sender: TransferSender | null = null
      const end = admit(request, {
        attach: (send) => {
          const started = createTransferSender(source, send)
          started.ended.catch((error: unknown) => ended.reject(error))
          sender = started
        },
        detach: () => sender?.stop(),
        receive: (frame) => {
          if (frame.t === 'end') ended.resolve()
          else if (frame.t === 'start' || frame.t === 'credit') sender?.receive(frame)
          else return false
          return true
        },
      })
      return { ...end, ended: ended.promise }
    },
    stop: () => {
      isStopped = true
      const stopping = new AppError('engine.stopping', {})
      for (const { connection } of open.values()) if (connection !== null) refuse(connection.socket, stopping)
      for (const { socket } of waiting.values()) refuse(socket, stopping)
      waiting.clear()
    },
  }
}

/** A ticket serves the one who asked for it, for what it was asked for. */
function isFor(transfer: OpenTransfer, { user, object }: Connection): boolean {
  return transfer.user === user && transfer.object.kind === object.kind && transfer.object.id === object.id
}
