import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ObjectReference, Result } from '../../../shared/contract/index.ts'
import type { Disk, StorageDomain } from '../../../shared/domain/index.ts'
import { AppError, toWireError } from '../../../shared/errors/index.ts'
import {
  createTransferReceiver,
  createTransferSender,
  encodeTransferFrame,
  keepConnected,
  type TransferReceiver,
  type TransferSender,
  type TransferSource,
} from '../../../shared/transfer/index.ts'
import { reportFailure } from './call.ts'
import type { EngineAccess } from './engine-access.ts'
import { type CliIo, EXIT, UsageError } from './io.ts'

/** How long an engine that has just started may take to have a domain in use. */
const ACTIVE_LIMIT_MS = 30_000
const LOOK_MS = 500
const TELL_EVERY_MS = 1_000
const READ_BYTES = 512 * 1024
const MIB = 1024 * 1024

interface Options {
  readonly json: boolean
  readonly dataDir: string | null
}

/** `upload`: puts a file into a storage domain, and tells how far it is. An interruption cancels it, and leaves nothing. */
export async function runUpload(
  access: EngineAccess,
  wanted: {
    readonly path: string
    readonly domain: string
    readonly alias: string | null
    readonly sha256: string | null
  },
  options: Options,
  io: CliIo,
): Promise<number> {
  const domain = await findDomain(access, wanted.domain)
  const file = await openToRead(wanted.path)
  try {
    const { size: sizeBytes } = await file.stat()
    const input = {
      storageDomainId: domain.id,
      transferId: randomUUID(),
      fileName: basename(wanted.path),
      sizeBytes,
      ...(wanted.alias === null ? {} : { alias: wanted.alias }),
      ...(wanted.sha256 === null ? {} : { sha256: wanted.sha256 }),
    }
    const tell = createTeller(io, options.json, sizeBytes)
    let sender: TransferSender | null = null
    const source = createFileSource(file, sizeBytes, tell)
    const result = await runTransfer(
      access,
      { command: 'disk.upload', input, object: { kind: 'storage-domain', id: domain.id } },
      io,
      {
        attach: (send) => {
          sender = createTransferSender(source, send)
        },
        receive: (frame) => sender?.receive(frame),
        detach: () => sender?.stop(),
      },
    )
    return await report(result, { command: 'disk.upload', input }, options, io)
  } finally {
    await file.close()
  }
}

/** `download`: gets a disk into a file that is not there yet. An interruption, and a failure, leave none. */
export async function runDownload(
  access: EngineAccess,
  wanted: { readonly disk: string; readonly path: string | null },
  options: Options,
  io: CliIo,
): Promise<number> {
  const disk = await findDisk(access, wanted.disk)
  const path = wanted.path ?? disk.fileName
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  })
  const input = { diskId: disk.id, transferId: randomUUID() }
  const tell = createTeller(io, options.json, null)
  const receiver = createTransferReceiver()
  let put: (bytes: Uint8Array) => void = () => undefined
  const over = new AbortController()
  const writing = writeParts(receiver, file, tell, over.signal).then((offset) => {
    put(encodeTransferFrame({ t: 'end', offset }))
  })
  const failed = writing.then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => ({ ok: false as const, error: toWireError(error) }),
  )
  const result = await Promise.race([
    failed,
    runTransfer(access, { command: 'disk.download', input, object: { kind: 'disk', id: disk.id } }, io, {
      attach: (send) => {
        put = send
        receiver.attach(send)
      },
      receive: (frame) => void receiver.receive(frame),
      detach: () => receiver.detach(),
    }),
  ])
  over.abort()
  await file.close()
  if (!result.ok) await rm(path, { force: true })
  return report(result, { command: 'disk.download', input }, options, io)
}

async function report(
  result: Result<unknown>,
  call: { readonly command: string; readonly input: unknown },
  options: Options,
  io: CliIo,
): Promise<number> {
  if (!options.json) io.err('\r\x1b[K')
  if (result.ok) {
    await io.out(options.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result.value)}\n`)
    return EXIT.ok
  }
  const code = await reportFailure(result.error, { ...call, taskId: result.taskId }, options, io)
  return io.stopped.aborted ? EXIT.interrupted : code
}

/** Runs the command with this end connected. An interruption tells the engine that nobody wants it any more. */
async function runTransfer(
  access: EngineAccess,
  {
    command,
    input,
    object,
  }: {
    readonly command: string
    readonly input: { readonly transferId: string }
    readonly object: ObjectReference
  },
  io: CliIo,
  end: Pick<Parameters<typeof keepConnected>[0], 'attach' | 'receive' | 'detach'>,
): Promise<Result<unknown>> {
  const answered = access.call(command, input)
  let put: (bytes: Uint8Array) => void = () => undefined
  const onStop = () => put(encodeTransferFrame({ t: 'abort' }))
  io.stopped.addEventListener('abort', onStop, { once: true })
  const connected = keepConnected({
    ...end,
    attach: (send) => {
      put = send
      end.attach(send)
      if (io.stopped.aborted) onStop()
    },
    until: answered,
    openTicket: async () => {
      const ticket = await access.call('disk.transfer-ticket', { transferId: input.transferId, object })
      if (!ticket.ok) throw new Error(ticket.error.code)
      return (ticket.value as { readonly path: string }).path
    },
    openLink: (path, listener) => access.openTransfer(path, listener),
  })
  try {
    return await answered
  } finally {
    io.stopped.removeEventListener('abort', onStop)
    await connected
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    if (!(await stat(path)).isFile()) throw new UsageError(`${path} is not a file`)
    return await open(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function createFileSource(file: FileHandle, sizeBytes: number, tell: (offset: number) => void): TransferSource {
  return {
    async *open(offset, signal) {
      for (let at = offset; at < sizeBytes && !signal.aborted; ) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at)
        // Shorter than it was: what was sent does not add up then, and the engine says so.
        if (bytesRead === 0) return
        at += bytesRead
        tell(at)
        yield { data: buffer.subarray(0, bytesRead) }
      }
    },
  }
}

/** Writes what comes, holes as holes; how much it was. */
async function writeParts(
  receiver: TransferReceiver,
  file: FileHandle,
  tell: (offset: number) => void,
  signal: AbortSignal,
): Promise<number> {
  receiver.start(0)
  for (;;) {
    const part = await receiver.next(signal)
    if (part.t === 'data') await file.write(part.data, 0, part.data.length, part.offset)
    if (part.t === 'end') {
      await file.truncate(part.offset)
      await file.sync()
      return part.offset
    }
    tell(receiver.position)
  }
}

/** Writes how far it is, on one line, once a second. */
function createTeller(io: CliIo, isQuiet: boolean, totalBytes: number | null): (offset: number) => void {
  const startedMs = performance.now()
  let toldMs = startedMs
  return (offset) => {
    const nowMs = performance.now()
    if (isQuiet || nowMs - toldMs < TELL_EVERY_MS) return
    toldMs = nowMs
    const pace = offset / ((nowMs - startedMs) / 1_000)
    const done = `${Math.floor(offset / MIB)} MiB`
    const left = totalBytes === null ? '' : `, ${Math.ceil((totalBytes - offset) / pace)} s left`
    const of = totalBytes === null ? '' : ` of ${Math.ceil(totalBytes / MIB)} MiB`
    io.err(`\r\x1b[K${done}${of}, ${(pace / MIB).toFixed(1)} MiB/s${left}`)
  }
}

/** By its id or name, once it is in use. Errors: storage.not-found, and why it cannot be used by the command itself. */
async function findDomain(access: EngineAccess, named: string): Promise<StorageDomain> {
  const deadline = performance.now() + ACTIVE_LIMIT_MS
  for (;;) {
    const domains = await readAll<StorageDomain>(access, 'storage-domains')
    const found = domains.find(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase())
    if (found === undefined) throw new AppError('storage.not-found', { storageDomainId: named })
    const mayBecomeActive = found.status === 'unknown' || found.status === 'activating' || found.status === 'inactive'
    if (!mayBecomeActive || performance.now() > deadline) return found
    await delay(LOOK_MS)
  }
}

async function findDisk(access: EngineAccess, named: string): Promise<Disk> {
  const deadline = performance.now() + ACTIVE_LIMIT_MS
  for (;;) {
    const disks = await readAll<Disk>(access, 'disks')
    const found = disks.filter(({ id, alias, fileName }) => id === named || alias === named || fileName === named)
    const [first] = found
    if (found.length > 1) throw new UsageError(`several disks are called ${named}: name one by its id`)
    if (first !== undefined) return first
    const domains = await readAll<StorageDomain>(access, 'storage-domains')
    const isSettled = domains.every(({ status }) => status === 'active' || status === 'maintenance')
    if (isSettled || performance.now() > deadline) throw new AppError('disk.not-found', { diskId: named })
    await delay(LOOK_MS)
  }
}

async function readAll<Entity>(access: EngineAccess, topic: string): Promise<readonly Entity[]> {
  const result = await access.read({ topic })
  if (!result.ok) throw new AppError('transport.lost', { reason: result.error.code })
  return result.value as unknown as readonly Entity[]
}
