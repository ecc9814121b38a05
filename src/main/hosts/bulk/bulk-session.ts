import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { AppError, fromWireError } from '../../../shared/errors/index.ts'
import { toAppError } from '../link-errors.ts'
import type { HostSecrets } from '../link-settings.ts'
import type { BulkRequest, BulkThreadData, CommandEnd, FromBulkThread, ToBulkThread } from './bulk-messages.ts'
import { findBulkThread } from './find-bulk-thread.ts'

/** The thread lets go of its session in order, or is ended. */
const CLOSE_GRACE_MS = 2_000
/** Of JavaScript's own memory; bytes on their way are not in it. */
const HEAP_LIMIT_MIB = 256

export interface BulkSessionOptions {
  readonly data: BulkThreadData
  /** Asked when the host wants them; they go to the thread by message and are kept nowhere. */
  readonly secrets: () => Promise<HostSecrets>
  /** Default: the thread itself. */
  readonly startThread?: ((data: BulkThreadData) => Worker) | undefined
}

export interface OpenBulkOptions {
  readonly openTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Something that is open over the session. */
export interface OpenBulk {
  /** This thread's ends of its pipes. */
  readonly input: MessagePort
  readonly output: MessagePort
  /** How it ended. Rejects with what it failed by. Never unhandled. */
  readonly settled: Promise<CommandEnd | null>
  abort(): void
  /** The thread does nothing any more: it is ended, with all that it has open. */
  giveUp(): void
}

interface Pending {
  readonly opened: PromiseWithResolvers<void>
  readonly settled: PromiseWithResolvers<CommandEnd | null>
}

/** Starts the thread as it is shipped. */
export function startBulkThread(data: BulkThreadData): Worker {
  return new Worker(findBulkThread(), {
    workerData: data,
    name: 'bulk data',
    // The engine's own are not meant for it.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MIB },
  })
}

/** One life of the thread for a host's bulk data: an SSH session of its own, off the engine's thread. */
export class BulkSession {
  /** Resolves when thread and session are gone; null: they were closed. */
  readonly ended: Promise<AppError | null>
  readonly #worker: Worker
  readonly #address: string
  readonly #pending = new Map<number, Pending>()
  readonly #end = Promise.withResolvers<AppError | null>()
  #nextId = 1
  #gone: AppError | null = null
  #isClosing = false

  constructor({ data, secrets, startThread = startBulkThread }: BulkSessionOptions) {
    this.#address = data.definition.address
    this.ended = this.#end.promise
    this.#worker = startThread(data)
    this.#worker.on('message', (message: FromBulkThread) => {
      switch (message.t) {
        case 'secrets-wanted':
          secrets().then(
            (given) => this.#tell({ t: 'secrets', secrets: given }),
            (error: unknown) => this.#leave(toAppError(error)),
          )
          break
        case 'opened':
          this.#pending.get(message.id)?.opened.resolve()
          break
        case 'settled':
          this.#settle(message.id, message.error === null ? null : fromWireError(message.error), message.end)
          break
        case 'gone':
          this.#leave(message.error === null ? this.#lost('closed') : fromWireError(message.error))
          break
      }
    })
    this.#worker.once('error', (error: unknown) => {
      this.#leave(this.#lost(error instanceof Error ? error.message : String(error), error))
    })
    this.#worker.once('exit', (code) => {
      this.#leave(this.#lost(`its thread ended with ${code}`))
      this.#end.resolve(this.#isClosing ? null : this.#gone)
    })
  }

  get openCount(): number {
    return this.#pending.size
  }

  /**
   * Opens one thing. Errors: those of signing in and of opening, host.bulk-lost, ssh.aborted. The time limit counts from where the session
   * is there.
   */
  async open(request: BulkRequest, { signal, ...limits }: OpenBulkOptions): Promise<OpenBulk> {
    if (this.#gone !== null) throw this.#gone
    if (signal?.aborted) {
      throw new AppError('ssh.aborted', { operation: request.kind }, { retry: 'safe', cause: signal.reason })
    }
    const id = this.#nextId++
    const pending: Pending = { opened: Promise.withResolvers(), settled: Promise.withResolvers() }
    pending.settled.promise.catch(() => undefined)
    this.#pending.set(id, pending)
    const input = new MessageChannel()
    const output = new MessageChannel()
    const pipes = { input: input.port2, output: output.port2 }
    this.#worker.postMessage({ t: 'open', id, request, pipes, ...limits } satisfies ToBulkThread, [
      pipes.input,
      pipes.output,
    ])
    const abort = () => {
      this.#tell({ t: 'abort', id })
      input.port1.close()
      output.port1.close()
    }
    signal?.addEventListener('abort', abort, { once: true })
    const settled = pending.settled.promise
    settled.then(
      () => signal?.removeEventListener('abort', abort),
      () => signal?.removeEventListener('abort', abort),
    )
    try {
      await pending.opened.promise
    } catch (error) {
      input.port1.close()
      output.port1.close()
      throw error
    }
    const giveUp = () => this.#leave(this.#lost('its thread did nothing any more'))
    return { input: input.port1, output: output.port1, settled, abort, giveUp }
  }

  /** Ends what is open with `reason`, then the session and its thread. */
  async close(reason: AppError): Promise<void> {
    this.#isClosing = true
    this.#tell({ t: 'close' })
    this.#fail(reason)
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_GRACE_MS)
    await this.ended
    clearTimeout(timer)
  }

  #tell(message: ToBulkThread): void {
    this.#worker.postMessage(message)
  }

  #settle(id: number, error: AppError | null, end: CommandEnd | null): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (error === null) pending?.settled.resolve(end)
    else {
      pending?.settled.reject(error)
      pending?.opened.reject(error)
    }
  }

  #fail(reason: AppError): void {
    this.#gone ??= reason
    for (const id of [...this.#pending.keys()]) this.#settle(id, reason, null)
  }

  #leave(reason: AppError): void {
    this.#fail(reason)
    // Its last word: what it still holds is nobody's.
    void this.#worker.terminate()
  }

  #lost(reason: string, cause?: unknown): AppError {
    const params = { address: this.#address, reason }
    return new AppError('host.bulk-lost', params, { retry: 'after-refresh', cause })
  }
}
