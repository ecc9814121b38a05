import type { Duplex } from 'node:stream'
import type {
  ProcedureArguments,
  ProcedureName,
  ProcedureReturn,
  StreamArguments,
  StreamProcedureName,
} from '../connection/connection-types.ts'
import type { EventMessages } from '../protocol/procedures.gen.ts'

/** One client of a daemon, as what answers it sees it. */
export interface DaemonClient {
  /** Sends an event; whether it was asked for, the sender knows. Without effect once the connection has ended. */
  send<M extends keyof EventMessages>(event: M, message: EventMessages[M]): void
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>
}

/** What answers each procedure. One that is missing is answered with "not supported". */
export type DaemonHandlers = {
  readonly [P in ProcedureName]?: (
    args: ProcedureArguments<P>,
    client: DaemonClient,
  ) => ProcedureReturn<P> | Promise<ProcedureReturn<P>>
}

/** What is at the other end of each stream both ways. */
export type DaemonStreams = {
  readonly [P in StreamProcedureName]?: (args: StreamArguments<P>) => Duplex
}

/** How a daemon behaves: errors that handlers throw are answered with what they say where they are a `DaemonError`. */
export interface DaemonBehaviour {
  readonly handlers: DaemonHandlers
  readonly streams: DaemonStreams
}
