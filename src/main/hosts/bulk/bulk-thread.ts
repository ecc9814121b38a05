import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { AppError, isAppError, toWireError } from '../../../shared/errors/index.ts'
import type { LibvirtConnection, StreamPart } from '../../libvirt/index.ts'
import { createKnownHosts } from '../../ssh/index.ts'
import type { HostRoute } from '../host-route.ts'
import type { HostSecrets } from '../link-settings.ts'
import { openConnection } from '../open-connection.ts'
import { openHostRoute } from '../open-route.ts'
import type { BulkThreadData, CommandEnd, FromBulkThread, ToBulkThread } from './bulk-messages.ts'
import { createPipeWriter, type PipeOptions, readPipe } from './thread-pipe.ts'

/*
 * The entry of the thread for one host's bulk data (out/main/bulk-thread.js): an SSH session of its own, signed in to as the
 * link's is, and what goes over it. bulk-session.ts starts it and speaks to it.
 */

const { definition, hostKey, knownHostsPath, sshConfig, allowedCommands, localSockets, connectTimeoutMs } =
  workerData as BulkThreadData
const { address } = definition
const life = new AbortController()
const open = new Map<number, AbortController>()
let secretsGiven = Promise.withResolvers<HostSecrets>()

function tell(message: FromBulkThread): void {
  parentPort?.postMessage(message)
}

const connecting = connect()
connecting.then(
  (route) => route.closed.then(leave),
  (error: unknown) => leave(error),
)

parentPort?.on('message', (message: ToBulkThread) => {
  if (message.t === 'open') void serve(message)
  else if (message.t === 'abort') open.get(message.id)?.abort()
  else if (message.t === 'secrets') secretsGiven.resolve(message.secrets)
  else life.abort()
})
life.signal.addEventListener('abort', () => {
  for (const controller of open.values()) controller.abort()
  connecting.then(
    (route) => route.close(),
    () => undefined,
  )
})

async function connect(): Promise<HostRoute> {
  const route = await openHostRoute(definition, {
    secrets: () => {
      secretsGiven = Promise.withResolvers<HostSecrets>()
      tell({ t: 'secrets-wanted' })
      return secretsGiven.promise
    },
    knownHosts: createKnownHosts({ ownPath: knownHostsPath }),
    sshConfig: { ...sshConfig, allowsCommand: (digest) => allowedCommands.includes(digest) },
    localSockets: () => localSockets,
    timeoutMs: connectTimeoutMs,
    signal: life.signal,
  })
  const { hostKey: offered, endpoint } = route
  if (hostKey !== null && offered !== null && offered.fingerprint !== hostKey) {
    await route.close()
    const keys = { keyType: offered.type, fingerprint: offered.fingerprint, expectedFingerprint: hostKey }
    const port = endpoint?.port ?? 22
    throw new AppError('ssh.host-key-changed', { address, port, ...keys, source: 'inventory' })
  }
  // The other drivers' sockets lie beside the hypervisor's, wherever that is on this host.
  const { transport } = await route.openLibvirt({ timeoutMs: connectTimeoutMs, signal: life.signal })
  transport.destroy()
  return route
}

/** The last word of this thread. */
function leave(error: unknown): void {
  for (const controller of open.values()) controller.abort()
  tell({ t: 'gone', error: error === null || life.signal.aborted ? null : toWireError(error) })
  parentPort?.close()
}

async function serve(message: Extract<ToBulkThread, { t: 'open' }>): Promise<void> {
  const { id, request, pipes, idleTimeoutMs } = message
  const controller = new AbortController()
  open.set(id, controller)
  const { signal } = controller
  const lost = () => new AppError('ssh.aborted', { operation: request.kind }, { retry: 'safe' })
  const run: Run = {
    signal,
    openTimeoutMs: message.openTimeoutMs,
    idleTimeoutMs,
    pipe: { stallMs: 0, lost },
    opened: () => tell({ t: 'opened', id }),
  }
  let end: CommandEnd | null = null
  let error: unknown = null
  try {
    const route = await connecting
    if (request.kind === 'command') end = await runCommand(route, request.command, pipes, run)
    else {
      const timeoutMs = message.openTimeoutMs
      const options = { address, family: 'storage', keepalive: 'off', timeoutMs, signal } as const
      const connection = await openConnection(route, options)
      try {
        if (request.kind === 'upload') await upload(connection, request.args, pipes.input, run)
        else await download(connection, request.args, pipes.output, run)
      } finally {
        await connection.close()
      }
    }
  } catch (caught) {
    error = caught
  }
  open.delete(id)
  pipes.input?.close()
  pipes.output?.close()
  tell({ t: 'settled', id, error: error === null ? null : toWireError(error), end })
}

interface Run {
  readonly signal: AbortSignal
  readonly openTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly pipe: PipeOptions
  readonly opened: () => void
}

async function upload(
  connection: LibvirtConnection,
  args: Parameters<typeof connection.writeStream<'STORAGE_VOL_UPLOAD'>>[1],
  input: MessagePort | undefined,
  { signal, idleTimeoutMs, openTimeoutMs, pipe, opened }: Run,
): Promise<void> {
  if (input === undefined) throw new Error('an upload without a pipe')
  const limits = { idleTimeoutMs, timeoutMs: openTimeoutMs, signal }
  const stream = await connection.writeStream('STORAGE_VOL_UPLOAD', args, limits)
  opened()
  try {
    for await (const part of readPipe(input, { ...pipe, stallMs: idleTimeoutMs })) {
      if (part.data === undefined) await stream.hole(part.holeBytes)
      else await stream.write(part.data)
    }
    await stream.finish()
  } catch (error) {
    await stream.abort()
    throw error
  }
}

async function download(
  connection: LibvirtConnection,
  args: Parameters<typeof connection.readStream<'STORAGE_VOL_DOWNLOAD'>>[1],
  output: MessagePort | undefined,
  { signal, idleTimeoutMs, openTimeoutMs, pipe, opened }: Run,
): Promise<void> {
  if (output === undefined) throw new Error('a download without a pipe')
  const writer = createPipeWriter(output, pipe)
  const limits = { idleTimeoutMs, timeoutMs: openTimeoutMs, signal }
  const stream = await connection.readStream('STORAGE_VOL_DOWNLOAD', args, limits)
  opened()
  try {
    for await (const part of stream) await writer.write(part)
  } catch (error) {
    writer.fail(error)
    throw error
  }
  writer.end()
}

async function runCommand(
  route: HostRoute,
  command: string,
  { input, output }: { readonly input?: MessagePort; readonly output?: MessagePort },
  { signal, idleTimeoutMs, openTimeoutMs, pipe, opened }: Run,
): Promise<CommandEnd> {
  if (route.session === null || input === undefined || output === undefined) {
    throw new AppError('host.local-refused', { target: address, reason: 'no shell' })
  }
  const writer = createPipeWriter(output, pipe)
  const running = await route.session.openCommand(command, { timeoutMs: openTimeoutMs, signal })
  opened()
  const stalled = Promise.withResolvers<never>()
  stalled.promise.catch(() => undefined)
  const tooLong = () => new AppError('ssh.exec-timed-out', { command: command.slice(0, 120), timeoutMs: idleTimeoutMs })
  const timer = idleTimeoutMs === 0 ? null : setTimeout(() => stalled.reject(tooLong()), idleTimeoutMs)
  const moved = () => void timer?.refresh()
  const onAbort = () => stalled.reject(pipe.lost())
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    const reading = readAll(running.stream, writer, moved)
    const writing = writeAll(running.stream, readPipe(input, pipe), moved)
    // A command that takes no more of its input than it wants has not failed by that.
    writing.catch(() => undefined)
    await Promise.race([reading, stalled.promise]).catch(async (error: unknown) => {
      if (!(await hasFailedItself(running.exited, stalled.promise))) throw error
    })
    writer.end()
    return await Promise.race([running.exited, stalled.promise])
  } catch (error) {
    running.end()
    writer.fail(error)
    throw error
  } finally {
    if (timer !== null) clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Whether a command has ended by itself, and badly. What is written to it then fails before its output is read to the end, which must not be
 * taken for a channel that was lost. Of one that ended well the output is what counts.
 */
async function hasFailedItself(exited: Promise<CommandEnd>, stalled: Promise<never>): Promise<boolean> {
  try {
    return (await Promise.race([exited, stalled])).exitCode !== 0
  } catch (error) {
    if (!isAppError(error)) throw error
    return false
  }
}

async function readAll(stream: Duplex, writer: ReturnType<typeof createPipeWriter>, moved: () => void): Promise<void> {
  // That the output has ended says nothing of the input, or of the command.
  for await (const data of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    moved()
    await writer.write({ data })
  }
}

async function writeAll(stream: Duplex, parts: AsyncIterable<StreamPart>, moved: () => void) {
  for await (const { data } of parts) {
    moved()
    if (data !== undefined && !stream.write(data)) await once(stream, 'drain')
  }
  stream.end()
}
