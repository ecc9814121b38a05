import { Duplex } from 'node:stream'
import { protocolViolation } from '../errors.ts'
import type { StreamCore } from './stream-core.ts'
import type { ReadStream, StreamPart, WriteStream } from './stream-types.ts'

/** The reading face of a stream: iterate it, or abort it. */
export function createReadStream<Result>(core: StreamCore, result: Result): ReadStream<Result> {
  async function* iterate(): AsyncGenerator<StreamPart, void> {
    let complete = false
    try {
      for (let part = await core.next(); part !== null; part = await core.next()) yield part
      complete = true
    } finally {
      if (!complete) await core.abort()
    }
    await core.finish()
  }
  return { result, abort: () => core.abort(), [Symbol.asyncIterator]: iterate }
}

/** The writing face of a stream. */
export function createWriteStream<Result>(core: StreamCore, result: Result): WriteStream<Result> {
  return {
    result,
    write: (data) => core.write(data),
    hole: (byteLength) => core.hole(byteLength),
    finish: () => core.finish(),
    abort: () => core.abort(),
  }
}

/** A console: both ways, as Node's own Duplex. Destroying it aborts the stream, ending it finishes. */
export class StreamDuplex extends Duplex {
  readonly #core: StreamCore

  constructor(core: StreamCore) {
    super({ allowHalfOpen: false })
    this.#core = core
  }

  override _read(): void {
    this.#core.next().then(
      (part) => {
        if (part?.holeBytes !== undefined) this.destroy(protocolViolation('a hole in a stream both ways'))
        else this.push(part?.data ?? null)
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#core.write(chunk).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#core.finish().then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#core.abort().then(() => done(error), done)
  }
}
