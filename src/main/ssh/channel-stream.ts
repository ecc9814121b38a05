import { Duplex } from 'node:stream'
import type { Channel } from 'ssh2'
import { AppError } from '../../shared/errors/index.ts'
import { type ChannelInternals, channelInternals } from './ssh2-internals.ts'

/** ssh2's fixed receive window. The readable side takes one before it holds the host back, so that up to two may wait. */
const WINDOW_BYTES = 2 * 1024 * 1024
const WRITE_BUFFER_BYTES = 256 * 1024
/** One SSH packet; larger batches gain nothing from being joined. */
const JOIN_LIMIT_BYTES = 32 * 1024

export interface ChannelStreamOptions {
  /** Takes what comes and gives what goes on to the reader; when it throws, the stream ends with that. */
  readonly screen?: ((chunk: Buffer) => Buffer) | undefined
  /**
   * The host has closed the channel, and whatever it had to say was said before. With this, either direction may end before
   * the other, and whoever hears it closes the stream; without, the stream closes at the first end.
   */
  readonly onRemoteClosed?: () => void
}

/**
 * A channel as an ordinary Duplex, which ssh2's own is not: `destroy` closes, a write to a channel that closes fails
 * instead of never calling back, and an exception in a `data` handler ends this stream and not the whole connection.
 * Must be built in the callback that hands out the channel, before its first data.
 */
export class ChannelStream extends Duplex {
  readonly target: string
  readonly #channel: ChannelInternals
  #pendingWrite: ((error?: Error | null) => void) | null = null
  #ended = false
  #remoteClosed = false
  readonly #options: ChannelStreamOptions

  constructor(channel: Channel, target: string, options: ChannelStreamOptions = {}) {
    super({
      allowHalfOpen: options.onRemoteClosed !== undefined,
      readableHighWaterMark: WINDOW_BYTES,
      writableHighWaterMark: WRITE_BUFFER_BYTES,
      decodeStrings: true,
    })
    this.target = target
    this.#options = options
    this.#channel = channelInternals(channel)
    this.#channel.push = (chunk) => this.#receive(chunk)
  }

  #receive(chunk: Buffer | null): boolean {
    if (chunk === null) {
      if (!this.#ended) {
        this.#ended = true
        this.push(null)
      }
      if (this.#channel.incoming.state === 'closed') this.#onRemoteClosed()
      return false
    }
    if (this.destroyed || this.#ended) return true
    try {
      const passed = this.#options.screen?.(chunk) ?? chunk
      return passed.length === 0 || this.push(passed)
    } catch (error) {
      // A handler of the consumer threw, in the midst of ssh2's parser, or the screen did.
      this.destroy(error instanceof Error ? error : new Error(String(error)))
      return true
    }
  }

  #onRemoteClosed(): void {
    this.#remoteClosed = true
    const pending = this.#pendingWrite
    this.#pendingWrite = null
    pending?.(this.#closedError())
    this.#options.onRemoteClosed?.()
  }

  #closedError(): AppError {
    return new AppError('ssh.channel-closed', { target: this.target, reason: 'closed by the host' })
  }

  override _read(size: number): void {
    this.#channel._read(size)
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#remoteClosed || this.#channel.outgoing.state !== 'open') {
      callback(this.#closedError())
      return
    }
    this.#pendingWrite = callback
    this.#channel._write(chunk, encoding, (error) => {
      if (this.#pendingWrite !== callback) return
      this.#pendingWrite = null
      callback(error)
    })
  }

  override _writev(
    chunks: readonly { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    const total = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0)
    if (total <= JOIN_LIMIT_BYTES) {
      this._write(
        Buffer.concat(
          chunks.map(({ chunk }) => chunk),
          total,
        ),
        'utf8',
        callback,
      )
      return
    }
    let at = 0
    const writeNext = (error?: Error | null): void => {
      const next = chunks[at++]
      if (error || next === undefined) callback(error)
      else this._write(next.chunk, next.encoding, writeNext)
    }
    writeNext()
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#channel.eof()
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const pending = this.#pendingWrite
    this.#pendingWrite = null
    pending?.(error ?? this.#closedError())
    this.#channel.close()
    callback(error)
  }
}
