import { AppError } from '../../../shared/errors/index.ts'
import type { ReadStream, StreamArguments, StreamPart, WriteStream } from '../../libvirt/index.ts'
import type { LinkClock } from '../link-settings.ts'
import type { BulkRequest, CommandEnd } from './bulk-messages.ts'
import type { BulkSession, OpenBulk } from './bulk-session.ts'
import { createPipeWriter, type PipeOptions, readPipe } from './thread-pipe.ts'

/** What one host carries at once; each has a libvirt connection or a session slot. */
export const BULK_OPEN_LIMIT = 8
const OPEN_TIMEOUT_MS = 30_000
const IDLE_TIMEOUT_MS = 30_000
/** The thread's own limit speaks first, and says more. */
const STALL_MARGIN_MS = 15_000

export interface BulkOptions {
  /** For opening, once the session is there, and for ending. Default 30 s. */
  readonly timeoutMs?: number | undefined
  /** Longest time in which nothing moves, 30 s by default; 0: for ever. */
  readonly idleTimeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A command with its input and output. */
export interface BulkCommand {
  readonly input: Pick<WriteStream<undefined>, 'write' | 'finish'>
  /** Its standard output. Leaving the loop early ends the command. What is not read holds it back. */
  readonly output: AsyncIterable<Uint8Array>
  /** Rejects when the host did not say. */
  readonly ended: Promise<CommandEnd>
  abort(): Promise<void>
}

export interface BulkLinkOptions {
  /** Starts a thread with a session. Throws host.not-connected. */
  readonly start: () => BulkSession
  readonly clock: LinkClock
  /** A session that nothing went over for this long is closed, milliseconds. */
  readonly idleMs: number
}

/**
 * The place for a host's bulk data: uploads, downloads, and commands with much to read or write. They go over an SSH session of
 * their own in a thread of its own, which is there while it is needed, so that events and consoles stay quick. Errors of all that opens:
 * host.not-connected, host.bulk-busy, host.bulk-lost, and those of signing in.
 */
export class BulkLink {
  readonly #options: BulkLinkOptions
  #session: BulkSession | null = null
  #stopIdle: (() => void) | null = null
  #opening = 0

  constructor(options: BulkLinkOptions) {
    this.#options = options
  }

  /** Whether there is a session. */
  get isOpen(): boolean {
    return this.#session !== null
  }

  /** Opens a volume to be written. The bytes given to `write` are handed over: see PipeWriter. */
  async openUpload(
    args: StreamArguments<'STORAGE_VOL_UPLOAD'>,
    options: BulkOptions = {},
  ): Promise<WriteStream<undefined>> {
    const open = await this.#open({ kind: 'upload', args }, options)
    open.output.close()
    const pipe = createPipeWriter(open.input, pipeOptions(open, options))
    /** The thread knows why it takes no more. */
    const tellWhy = async (write: Promise<void>) => {
      try {
        await write
      } catch (error) {
        await whenSettled(open, options)
        throw error
      }
    }
    return {
      result: undefined,
      write: (data) => tellWhy(pipe.write({ data })),
      hole: (holeBytes) => tellWhy(pipe.write({ holeBytes })),
      finish: async () => {
        pipe.end()
        await whenSettled(open, options)
      },
      abort: () => abort(open, options),
    }
  }

  /** Opens a volume to be read. */
  async openDownload(
    args: StreamArguments<'STORAGE_VOL_DOWNLOAD'>,
    options: BulkOptions = {},
  ): Promise<ReadStream<undefined>> {
    const open = await this.#open({ kind: 'download', args }, options)
    open.input.close()
    return {
      result: undefined,
      [Symbol.asyncIterator]: () => readWhole(open, options),
      abort: () => abort(open, options),
    }
  }

  /** Runs a command in the user's login shell. Not on this computer (host.local-refused). */
  async openCommand(command: string, options: BulkOptions = {}): Promise<BulkCommand> {
    const open = await this.#open({ kind: 'command', command }, options)
    const pipe = createPipeWriter(open.input, pipeOptions(open, options))
    const ended = open.settled.then((end) => end ?? { exitCode: 0, stderr: '' })
    ended.catch(() => undefined)
    return {
      input: {
        write: (data) => pipe.write({ data }),
        finish: async () => pipe.end(),
      },
      output: { [Symbol.asyncIterator]: () => dataOf(readOutput(open, options)) },
      ended,
      abort: () => abort(open, options),
    }
  }

  /** Ends what is open with this reason, and the session. The next thing that is opened begins anew. */
  async end(reason: AppError): Promise<void> {
    const session = this.#session
    this.#session = null
    this.#stopIdle?.()
    await session?.close(reason)
  }

  async #open(request: BulkRequest, options: BulkOptions): Promise<OpenBulk> {
    const session = this.#session ?? this.#start()
    if (session.openCount >= BULK_OPEN_LIMIT) {
      throw new AppError('host.bulk-busy', { limit: BULK_OPEN_LIMIT }, { retry: 'safe' })
    }
    this.#stopIdle?.()
    this.#opening++
    try {
      const open = await session.open(request, {
        openTimeoutMs: options.timeoutMs ?? OPEN_TIMEOUT_MS,
        idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
        signal: options.signal,
      })
      const release = () => this.#watchIdle(session)
      open.settled.then(release, release)
      return open
    } catch (error) {
      this.#watchIdle(session)
      throw error
    } finally {
      this.#opening--
    }
  }

  #start(): BulkSession {
    const session = this.#options.start()
    this.#session = session
    void session.ended.then(() => {
      if (this.#session === session) this.#session = null
    })
    return session
  }

  #watchIdle(session: BulkSession): void {
    if (this.#session !== session || session.openCount > 0) return
    const { clock, idleMs } = this.#options
    this.#stopIdle?.()
    this.#stopIdle = clock.after(idleMs, () => {
      if (this.#session === session && session.openCount === 0 && this.#opening === 0) {
        void this.end(new AppError('engine.stopping', {}))
      }
    })
  }
}

/** The thread keeps the limits; one that does not answer beyond them hangs. */
function stallMsOf({ idleTimeoutMs = IDLE_TIMEOUT_MS, timeoutMs = OPEN_TIMEOUT_MS }: BulkOptions): number {
  return idleTimeoutMs === 0 ? 0 : Math.max(idleTimeoutMs, timeoutMs) + STALL_MARGIN_MS
}

function pipeOptions(open: OpenBulk, options: BulkOptions): PipeOptions {
  return {
    stallMs: stallMsOf(options),
    onStall: open.giveUp,
    lost: () => new AppError('ssh.aborted', { operation: 'bulk data' }, { retry: 'after-refresh' }),
  }
}

async function whenSettled(open: OpenBulk, options: BulkOptions): Promise<void> {
  const timer = setTimeout(open.giveUp, stallMsOf(options) || OPEN_TIMEOUT_MS)
  try {
    await open.settled
  } finally {
    clearTimeout(timer)
  }
}

async function abort(open: OpenBulk, options: BulkOptions): Promise<void> {
  open.abort()
  await whenSettled(open, options).catch(() => undefined)
}

/** What a pipe gives; it fails by what the host says, and whoever leaves the loop ends what gives it. */
async function* readOutput(open: OpenBulk, options: BulkOptions): AsyncGenerator<StreamPart> {
  let isWhole = false
  try {
    yield* readPipe(open.output, pipeOptions(open, options))
    isWhole = true
  } catch (error) {
    await whenSettled(open, options)
    throw error
  } finally {
    if (!isWhole) open.abort()
  }
}

/** The same; it has ended when its host has confirmed that. */
async function* readWhole(open: OpenBulk, options: BulkOptions): AsyncGenerator<StreamPart> {
  yield* readOutput(open, options)
  await whenSettled(open, options)
}

async function* dataOf(parts: AsyncIterable<StreamPart>): AsyncGenerator<Uint8Array> {
  for await (const { data } of parts) if (data !== undefined) yield data
}
