import {
  CONSOLE_CLOSE_ENDED,
  CONSOLE_CLOSE_ERROR,
  type CommandInput,
  type ConsoleCloseReason,
  decodeConsoleClose,
} from '../../../../shared/contract/index.ts'
import type { ErrorCode, WireError } from '../../../../shared/errors/index.ts'
import { decodeTransferFrame, type TransferFrame } from '../../../../shared/transfer/index.ts'
import { type ConsoleChannelSocket, type EngineClient, openConsoleChannel } from '../../../stores/index.ts'

/** How a connection for a file came to its end. `lost`: it may be made again, and goes on where it was. */
export type LineEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly error: WireError }

/** Which transfer, and what it is about. */
export type LineAddress = CommandInput<'disk.transfer-ticket'>

/** What one connection does with the messages of the engine. */
export interface LineUse {
  /** It is there: `send` sends. Gives back who hears. */
  begin(send: (bytes: Uint8Array) => void): { receive(frame: TransferFrame): unknown; stop(): void }
}

/** Tickets that a task of its own has not come to yet are no failure. */
const PASSING = new Set(['disk.ticket-invalid', 'transport.lost', 'engine.stopping'])

/** Asks for a ticket and moves a file over the socket that it opens, until that ends. `signal`: a person holds it. */
export async function runLine(
  client: EngineClient,
  { transferId, object }: LineAddress,
  use: LineUse,
  signal: AbortSignal,
): Promise<LineEnd> {
  const ticket = await client.call('disk.transfer-ticket', { transferId, object })
  if (signal.aborted) return { kind: 'lost' }
  if (!ticket.ok) return PASSING.has(ticket.error.code) ? { kind: 'lost' } : { kind: 'refused', error: ticket.error }
  const channel = openConsoleChannel(ticket.value.path)
  const socket = channel.attach()
  const close = () => channel.close()
  signal.addEventListener('abort', close, { once: true })
  const part = use.begin((bytes) => send(socket, bytes))
  socket.onmessage = ({ data }) => {
    const frame = decodeTransferFrame(new Uint8Array(data))
    return frame === null ? undefined : part.receive(frame)
  }
  const { code, reason } = await channel.closed
  signal.removeEventListener('abort', close)
  part.stop()
  if (signal.aborted) return { kind: 'lost' }
  if (code === CONSOLE_CLOSE_ENDED) return { kind: 'ended' }
  if (code !== CONSOLE_CLOSE_ERROR) return { kind: 'lost' }
  const told = decodeConsoleClose(reason)
  return told === null || PASSING.has(told.code) ? { kind: 'lost' } : { kind: 'refused', error: errorOf(told) }
}

/** What is sent before the socket is open, or after it is gone, is lost: the other end says anew from where it wants it. */
function send(socket: ConsoleChannelSocket, bytes: Uint8Array): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
}

/** A code of a newer engine has a general text. */
function errorOf({ code, params }: ConsoleCloseReason): WireError {
  return { code: code as ErrorCode, params, retry: 'safe', technical: [] }
}
