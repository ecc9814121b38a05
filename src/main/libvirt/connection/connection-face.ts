import { AppError } from '../../../shared/errors/index.ts'
import type { CallOptions } from '../call-options.ts'
import { subscribe } from '../events/subscription.ts'
import type { Procedure } from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import type { StreamCore } from '../streams/stream-core.ts'
import { createReadStream, createWriteStream, StreamDuplex } from '../streams/stream-faces.ts'
import type { StreamOptions } from '../streams/stream-types.ts'
import type { Connection } from './connection.ts'
import type {
  LibvirtConnection,
  ProcedureArguments,
  ProcedureName,
  ProcedureReturn,
  StreamArguments,
  StreamProcedureName,
  StreamReturn,
} from './connection-types.ts'

const STREAM_TIMEOUT_DEFAULT_MS = 30_000

/** What callers get of an open connection. */
export function createConnectionFace(connection: Connection): LibvirtConnection {
  function call<P extends ProcedureName>(
    name: P,
    args: ProcedureArguments<P>,
    options?: CallOptions,
  ): Promise<ProcedureReturn<P>> {
    const procedure: Procedure<ProcedureArguments<P>, ProcedureReturn<P>> | undefined = procedures[name]
    if (procedure === undefined || procedure.kind !== 'call' || procedure.stream !== null) return notCallable(name)
    return connection.call(procedure, args, options)
  }

  function openStream<P extends StreamProcedureName>(
    name: P,
    args: StreamArguments<P>,
    options: StreamOptions,
    idleTimeoutDefaultMs: number,
  ): Promise<{ core: StreamCore; result: StreamReturn<P> }> {
    const procedure: Procedure<StreamArguments<P>, StreamReturn<P>> | undefined = procedures[name]
    if (procedure === undefined || procedure.stream === null) return notCallable(name)
    const times = {
      timeoutMs: options.timeoutMs ?? STREAM_TIMEOUT_DEFAULT_MS,
      idleTimeoutMs: options.idleTimeoutMs ?? idleTimeoutDefaultMs,
    }
    return new Promise((resolve, reject) => {
      const succeed = (result: StreamReturn<P>, serial: number): void => {
        const core = connection.streams.open(procedure, serial, times)
        core.abortOn(options.signal)
        resolve({ core, result })
      }
      connection.start(procedure, args, options, succeed, reject)
    })
  }

  return {
    call,
    subscribe: (options) => subscribe(connection.events, (error) => connection.end(error), options),
    readStream: (name, args, options = {}) =>
      openStream(name, args, options, STREAM_TIMEOUT_DEFAULT_MS).then(({ core, result }) =>
        createReadStream(core, result),
      ),
    writeStream: (name, args, options = {}) =>
      openStream(name, args, options, STREAM_TIMEOUT_DEFAULT_MS).then(({ core, result }) =>
        createWriteStream(core, result),
      ),
    duplexStream: (name, args, options = {}) =>
      openStream(name, args, options, 0).then(({ core }) => new StreamDuplex(core)),
    closed: connection.closed,
    close: () => connection.close(),
  }
}

function notCallable(procedure: string): Promise<never> {
  return Promise.reject(new AppError('libvirt.procedure-not-callable', { procedure }))
}
