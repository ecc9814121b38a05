import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ObjectReference, Result } from '../../../shared/contract/index.ts'
import type { Disk, Host, HostPool, StorageDomain } from '../../../shared/domain/index.ts'
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
import type { PoolName, UploadPlace } from './arguments.ts'
import { reportFailure } from './call.ts'
import type { EngineAccess } from './engine-access.ts'
import { type CliIo, EXIT, UsageError } from './io.ts'

/** How long an engine that has just started may take to have a domain in use. */
const ACTIVE_LIMIT_MS = 30_000
const LOOK_MS = 500
/** What a host is on its way to be up from. */
const NOT_YET_UP: ReadonlySet<Host['status']> = new Set(['unassigned', 'initializing', 'connecting'])
const TELL_EVERY_MS = 1_000
const READ_BYTES = 512 * 1024
const MIB = 1024 * 1024

interface Options {
  readonly json: boolean
  readonly dataDir: string | null
}

/** A command that moves bytes, without what every one has. */
interface MovingCall {
  readonly command: 'disk.upload' | 'disk.download' | 'host-volume.upload' | 'host-volume.download'
  readonly input: Readonly<Record<string, unknown>>
  readonly object: ObjectReference
}

/** `upload`: puts a file into a storage domain or a pool, and tells how far it is. An interruption cancels it, and leaves nothing. */
export async function runUpload(
  access: EngineAccess,
  wanted: { readonly path: string; readonly to: UploadPlace; readonly sha256: string | null },
  options: Options,
  io: CliIo,
): Promise<number> {
  const place = await findUploadPlace(access, wanted)
  const file = await openToRead(wanted.path)
  try {
    const { size: sizeBytes } = await file.stat()
    const input = {
      ...place.input,
      transferId: randomUUID(),
      sizeBytes,
      ...(wanted.sha256 === null ? {} : { sha256: wanted.sha256 }),
    }
    const tell = createTeller(io, options.json, sizeBytes)
    let sender: TransferSender | null = null
    const source = createFileSource(file, sizeBytes, tell)
    const result = await runTransfer(access, { ...place, input }, io, {
      attach: (send) => {
        sender = createTransferSender(source, send)
      },
      receive: (frame) => sender?.receive(frame),
      detach: () => sender?.stop(),
    })
    return await report(result, { ...place, input }, options, io)
  } finally {
    await file.close()
  }
}

async function findUploadPlace(
  access: EngineAccess,
  { path, to }: { readonly path: string; readonly to: UploadPlace },
): Promise<MovingCall> {
  const fileName = basename(path)
  if (to.kind === 'pool') {
    const { hostId, poolId } = await findPool(access, to)
    const input = { hostId, poolId, name: to.volume ?? fileName }
    return { command: 'host-volume.upload', input, object: { kind: 'host', id: hostId } }
  }
  const { id } = await findDomain(access, to.domain)
  const input = { storageDomainId: id, fileName, ...(to.alias === null ? {} : { alias: to.alias }) }
  return { command: 'disk.upload', input, object: { kind: 'storage-domain', id } }
}

async function findSource(
  access: EngineAccess,
  { named, from }: { readonly named: string; readonly from: PoolName | null },
): Promise<MovingCall & { readonly fileName: string }> {
  if (from !== null) {
    const { hostId, poolId } = await findPool(access, from)
    const input = { hostId, poolId, name: named }
    return { command: 'host-volume.download', input, object: { kind: 'host', id: hostId }, fileName: named }
  }
  const { id, fileName } = await findDisk(access, named)
  return { command: 'disk.download', input: { diskId: id }, object: { kind: 'disk', id }, fileName }
}

/** `download`: gets a disk or a volume into a file that is not there yet. An interruption, and a failure, leave none. */
export async function runDownload(
  access: EngineAccess,
  wanted: { readonly named: string; readonly from: PoolName | null; readonly path: string | null },
  options: Options,
  io: CliIo,
): Promise<number> {
  const source = await findSource(access, wanted)
  // Whatever a host calls a volume: it is kept here under one name in this folder.
  const path = wanted.path ?? basename(source.fileName)
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  })
  const input = { ...source.input, transferId: randomUUID() }
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
    runTransfer(access, { ...source, input }, io, {
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
  return report(result, { ...source, input }, options, io)
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

/** A host that is connected, and its pool, by names or ids. Errors: host.not-found, host-pool.not-found, those of reading its pools. */
async function findPool(
  access: EngineAccess,
  { host: hostNamed, pool: poolNamed }: PoolName,
): Promise<{ readonly hostId: string; readonly poolId: string }> {
  const isNamed = (wanted: string, { id, name }: { readonly id: string; readonly name: string }) =>
    id === wanted || name.toLowerCase() === wanted.toLowerCase()
  const deadline = performance.now() + ACTIVE_LIMIT_MS
  for (;;) {
    const host = (await readAll<Host>(access, 'hosts')).find((each) => isNamed(hostNamed, each))
    if (host === undefined) throw new AppError('host.not-found', { hostId: hostNamed })
    if (NOT_YET_UP.has(host.status) && performance.now() < deadline) {
      await delay(LOOK_MS)
      continue
    }
    const pools = await readAll<HostPool>(access, 'host.pools', host.id)
    const pool = pools.find((each) => isNamed(poolNamed, each))
    if (pool === undefined) throw new AppError('host-pool.not-found', { hostName: host.name, poolId: poolNamed })
    return { hostId: host.id, poolId: pool.id }
  }
}

async function readAll<Entity>(access: EngineAccess, topic: string, key?: string): Promise<readonly Entity[]> {
  const result = await access.read(key === undefined ? { topic } : { topic, key })
  if (!result.ok) throw new AppError('transport.lost', { reason: result.error.code })
  return result.value as unknown as readonly Entity[]
}
