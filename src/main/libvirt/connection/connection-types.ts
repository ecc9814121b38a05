import type { Duplex } from 'node:stream'
import type { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import type { EventKind } from '../events/event-sources.ts'
import type { EventSubscription, SubscribeOptions } from '../events/subscription.ts'
import type { CallProcedures, StreamProcedures } from '../protocol/procedures.gen.ts'
import type { ReadStream, StreamOptions, WriteStream } from '../streams/stream-types.ts'
import type { KeepaliveSettings } from './keepalive.ts'

/** A procedure that is a call and a reply. Those that pass file descriptors are not among them. */
export type ProcedureName = keyof CallProcedures
export type ProcedureArguments<P extends ProcedureName> = CallProcedures[P]['arguments']
export type ProcedureReturn<P extends ProcedureName> = CallProcedures[P]['result']

/** A procedure that opens a stream. */
export type StreamProcedureName = keyof StreamProcedures
export type StreamArguments<P extends StreamProcedureName> = StreamProcedures[P]['arguments']
export type StreamReturn<P extends StreamProcedureName> = StreamProcedures[P]['result']

export interface OpenOptions extends CallOptions {
  /** `qemu:///system` by default. */
  readonly uri?: string | undefined
  /** Opens read-only, as libvirt's `-sock-ro` does. */
  readonly readOnly?: boolean | undefined
  /**
   * Every 5 s, 5 times by default. `off` for a connection that carries a stream: the daemon would end it while the
   * stream's consumer is slow.
   */
  readonly keepalive?: KeepaliveSettings | 'off' | undefined
  /**
   * Ends the connection when the daemon says that it has lost the driver behind it (`libvirt.driver-lost`), as a proxy does
   * whose hypervisor's daemon died. Off by default; daemons that cannot tell are fine.
   */
  readonly closeEvents?: boolean | undefined
}

/** An open connection to a libvirt daemon, over whatever transport. */
export interface LibvirtConnection {
  /**
   * Calls a procedure. At most four calls are in flight, the others wait in order.
   *
   * Rejects with AppError: `libvirt.call-failed` (the daemon's own error), `libvirt.call-timed-out`,
   * `libvirt.call-aborted`, `libvirt.outcome-unknown` (the connection ended), `libvirt.connection-closed` (it had
   * ended before), `libvirt.argument-invalid`, `libvirt.queue-full`, `libvirt.procedure-not-callable`. With
   * `retry: 'after-refresh'` the call was sent and may have taken effect.
   */
  call<P extends ProcedureName>(
    procedure: P,
    args: ProcedureArguments<P>,
    options?: CallOptions,
  ): Promise<ProcedureReturn<P>>

  /** Registers for events and gives them as one sequence. */
  subscribe<K extends EventKind>(options: SubscribeOptions<K>): Promise<EventSubscription<K>>

  /** Opens a stream from the daemon. Use a connection of its own, opened with `keepalive: 'off'`. */
  readStream<P extends StreamProcedureName>(
    procedure: P,
    args: StreamArguments<P>,
    options?: StreamOptions,
  ): Promise<ReadStream<StreamReturn<P>>>

  /** Opens a stream to the daemon. Use a connection of its own. */
  writeStream<P extends StreamProcedureName>(
    procedure: P,
    args: StreamArguments<P>,
    options?: StreamOptions,
  ): Promise<WriteStream<StreamReturn<P>>>

  /** Opens a stream both ways, as a console has it. Use a connection of its own, opened with `keepalive: 'off'`. */
  duplexStream<P extends StreamProcedureName>(
    procedure: P,
    args: StreamArguments<P>,
    options?: StreamOptions,
  ): Promise<Duplex>

  /** Resolves when the connection has ended: null after `close`, else the reason. */
  readonly closed: Promise<AppError | null>

  /** Ends the connection; pending calls are rejected as outcome unknown. Never rejects. */
  close(): Promise<void>
}
