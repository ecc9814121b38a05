import { AppError } from '../../../shared/errors/index.ts'
import { StreamInbox } from './stream-inbox.ts'
import type { StreamPart } from './stream-types.ts'

/** Payload of one data packet, as libvirt itself sends it (`VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX`). */
export const DATA_MAX_BYTES = 262_120

export interface StreamTimes {
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * One stream, both ways. Data that arrives waits in an inbox until `next` takes it; past the inbox's limit the
 * transport is not read. An end is asked for with `finish` or `abort` and confirmed by the daemon; an error of the
 * daemon may come at any time and fails everything that waits.
 */
export class StreamCore {
  readonly #link: StreamLink
  readonly #procedure: string
  readonly #times: StreamTimes
  readonly #inbox: StreamInbox
  #state: 'open' | 'finishing' | 'aborting' | 'closed' = 'open'
  #error: AppError | undefined
  #endWaiter: Waiter | undefined
  readonly #drainWaiters = new Set<Waiter>()
  #forgetSignal: (() => void) | undefined

  constructor(link: StreamLink, procedure: string, times: StreamTimes) {
    this.#link = link
    this.#procedure = procedure
    this.#times = times
    this.#inbox = new StreamInbox((full) => link.setReading(!full))
  }

  /** A data packet came; an empty one is the end of the data. */
  onData(data: Uint8Array): void {
    if (this.#state === 'aborting') return
    if (data.byteLength === 0) this.#inbox.end()
    else this.#inbox.push({ data }, data.byteLength)
  }

  onHole(byteLength: bigint): void {
    if (this.#state !== 'aborting') this.#inbox.push({ holeBytes: byteLength }, 0)
  }

  /** The daemon confirmed the end, or ended the stream by itself. */
  onEnd(): void {
    this.#close(undefined)
  }

  /** The daemon reported an error, which also is how it confirms an abort; or the connection ended. */
  onError(error: AppError): void {
    this.#close(error)
  }

  /** The next part, or null at the end of the data. */
  next(): Promise<StreamPart | null> {
    return this.#inbox.next(this.#times.idleTimeoutMs, () => this.#stalled())
  }

  async write(data: Uint8Array): Promise<void> {
    for (let offset = 0; offset < data.byteLength; offset += DATA_MAX_BYTES) {
      this.#assertOpen()
      const more = this.#link.sendData(data.subarray(offset, offset + DATA_MAX_BYTES))
      if (!more) await this.#drained()
    }
  }

  async hole(byteLength: bigint): Promise<void> {
    this.#assertOpen()
    if (!this.#link.sendHole(byteLength)) await this.#drained()
  }

  /** Ends the stream well. Rejects with the daemon's error. */
  async finish(): Promise<void> {
    if (this.#state === 'closed' && this.#error === undefined) return
    this.#assertOpen()
    this.#state = 'finishing'
    await this.#end('finish')
  }

  /** Gives the stream up; an error of the daemon is what one expects then. */
  async abort(): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'aborting') return
    this.#state = 'aborting'
    this.#failWaiting(new AppError('libvirt.stream-aborted', { procedure: this.#procedure }))
    const givenUp = (): undefined => undefined
    await this.#end('abort').catch(givenUp)
  }

  /** Gives the stream up when `signal` says so. */
  abortOn(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const onAbort = (): void => {
      this.abort().catch(() => undefined)
    }
    this.#forgetSignal = () => signal.removeEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  }

  async #end(how: 'finish' | 'abort'): Promise<void> {
    this.#endWaiter?.reject(new AppError('libvirt.stream-aborted', { procedure: this.#procedure }))
    const confirmed = new Promise<void>((resolve, reject) => {
      this.#endWaiter = { resolve, reject }
    })
    const { timeoutMs } = this.#times
    const timer = setTimeout(() => this.#close(timedOut(this.#procedure, timeoutMs)), timeoutMs)
    this.#link.sendEnd(how)
    try {
      await confirmed
    } finally {
      clearTimeout(timer)
    }
  }

  async #drained(): Promise<void> {
    const { idleTimeoutMs } = this.#times
    const timer = idleTimeoutMs > 0 ? setTimeout(() => this.#giveUp(), idleTimeoutMs) : undefined
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { resolve, reject }
    this.#drainWaiters.add(waiter)
    this.#link.drained().then(resolve, reject)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#drainWaiters.delete(waiter)
    }
  }

  /** Nobody takes what is written: the daemon is told, should it listen again, but not waited for. */
  #giveUp(): void {
    this.#link.sendEnd('abort')
    this.#close(this.#stalled())
  }

  #stalled(): AppError {
    const { idleTimeoutMs: timeoutMs } = this.#times
    return new AppError('libvirt.stream-stalled', { procedure: this.#procedure, timeoutMs }, { retry: 'after-refresh' })
  }

  #assertOpen(): void {
    if (this.#error !== undefined) throw this.#error
    if (this.#state !== 'open') throw new AppError('libvirt.stream-aborted', { procedure: this.#procedure })
  }

  #failWaiting(error: AppError): void {
    this.#inbox.fail(error)
    for (const waiter of this.#drainWaiters) waiter.reject(error)
  }

  #close(error: AppError | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    this.#forgetSignal?.()
    this.#link.release()
    if (error === undefined) {
      this.#inbox.end()
      this.#endWaiter?.resolve()
    } else {
      this.#failWaiting(error)
      this.#endWaiter?.reject(error)
    }
  }
}

function timedOut(procedure: string, timeoutMs: number): AppError {
  return new AppError('libvirt.call-timed-out', { procedure, timeoutMs }, { retry: 'after-refresh' })
}

/** What a stream needs of its connection. */
export interface StreamLink {
  /** Sends one data packet; false when the transport wants to drain first. */
  sendData(data: Uint8Array): boolean
  sendHole(byteLength: bigint): boolean
  /** Asks the daemon to end the stream, well or aborted; it answers with a packet of its own. */
  sendEnd(how: 'finish' | 'abort'): void
  /** Resolves when the transport has drained; rejects when the connection ends first. */
  drained(): Promise<void>
  /** Stops or continues reading from the transport. */
  setReading(reading: boolean): void
  /** The stream is over: the connection forgets it. */
  release(): void
}
