import type { WebSocket } from 'ws'
import type { Engine, Identity, ServerPort } from '../../engine/index.ts'

/** An engine that was started to be served. */
export interface StartedEngine {
  readonly served: ServedEngine
  /** Ends it and closes the inventory. */
  stop(): Promise<void>
}

/** What the server serves. The composition root gives it. */
export interface ServedEngine {
  readonly engine: Engine
  /** Who a signed-in user is to the engine. */
  identify(user: string): Identity
  /** Serves the frames of one client until the port closes. */
  serveClient(identity: Identity, port: ServerPort): void
  /** Hands a console's WebSocket over; what is wrong with the ticket is said in the close reason. */
  attachConsole(ticket: string, identity: Identity, socket: WebSocket): void
  /** The same for a file on its way. */
  attachTransfer(ticket: string, identity: Identity, socket: WebSocket): void
}
