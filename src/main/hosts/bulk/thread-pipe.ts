import type { MessagePort } from 'node:worker_threads'
import { type AppError, fromWireError, toWireError, type WireError } from '../../../shared/errors/index.ts'
import type { StreamPart } from '../../libvirt/index.ts'

/*
 * A pipe for bulk data from one thread to another, over a MessagePort. Bytes change their owner instead of being copied, and
 * only so many are on their way at once: a writer waits until its reader has taken what is there.
 */

/** Bytes on their way at most. */
export const PIPE_WINDOW_BYTES = 4 * 1024 * 1024
/** Larger ones are cut, so that the window is one. */
const PART_LIMIT_BYTES = 1024 * 1024
/** What a part counts for that has fewer bytes: a hole has none. */
const LEAST_WEIGHT = 1_024

type ToReader =
  | { readonly t: 'data'; readonly data: Uint8Array }
  | { readonly t: 'hole'; readonly bytes: bigint }
  | { readonly t: 'end' }
  | { readonly t: 'failed'; readonly error: WireError }

type ToWriter = { readonly t: 'taken'; readonly weight: number }

/** The end of a pipe that is written to. */
export interface PipeWriter {
  /**
   * Resolves when more may be written. The bytes are handed over: a view on a whole buffer of its own is empty afterwards, any other is
   * copied. Rejects when the reader wants no more, or takes nothing for the time limit.
   */
  write(part: StreamPart): Promise<void>
  end(): void
  /** Has the reader fail with this. */
  fail(error: unknown): void
}

export interface PipeOptions {
  /** How long the other side may do nothing, milliseconds; 0: for ever. It is taken as gone then, after `onStall`. */
  readonly stallMs: number
  readonly onStall?: (() => void) | undefined
  /** Why the other side is gone. */
  readonly lost: () => AppError
}

/** Makes the writing end; the port is the pipe's from here on. */
export function createPipeWriter(port: MessagePort, options: PipeOptions): PipeWriter {
  let onWayBytes = 0
  let isClosed = false
  let roomy = Promise.withResolvers<void>()
  port.on('message', ({ weight }: ToWriter) => {
    onWayBytes -= weight
    roomy.resolve()
  })
  port.once('close', () => {
    isClosed = true
    roomy.resolve()
  })

  async function waitForRoom(): Promise<void> {
    while (!isClosed && onWayBytes >= PIPE_WINDOW_BYTES) {
      roomy = Promise.withResolvers<void>()
      await unlessStalled(roomy.promise, port, options)
    }
    if (isClosed) throw options.lost()
  }

  function post(message: ToReader, transfer: readonly ArrayBuffer[] = []): void {
    port.postMessage(message, transfer)
  }

  return {
    write: async (part) => {
      if (part.data === undefined) {
        await waitForRoom()
        onWayBytes += LEAST_WEIGHT
        post({ t: 'hole', bytes: part.holeBytes })
        return
      }
      for (const data of cut(part.data)) {
        await waitForRoom()
        onWayBytes += weightOf(data.length)
        post({ t: 'data', data }, [data.buffer])
      }
    },
    end: () => post({ t: 'end' }),
    fail: (error) => post({ t: 'failed', error: toWireError(error) }),
  }
}

/**
 * Makes the reading end: its parts in order. Leaving the loop early tells the writer that no more is wanted. Fails with what the writer
 * failed with, or with `lost` when it is gone before it has ended.
 */
export async function* readPipe(port: MessagePort, options: PipeOptions): AsyncGenerator<StreamPart> {
  const waiting: ToReader[] = []
  let isClosed = false
  let heard = Promise.withResolvers<void>()
  port.on('message', (message: ToReader) => {
    waiting.push(message)
    heard.resolve()
  })
  port.once('close', () => {
    isClosed = true
    heard.resolve()
  })
  const taken = (weight: number) => port.postMessage({ t: 'taken', weight } satisfies ToWriter)
  try {
    for (;;) {
      const message = waiting.shift()
      if (message === undefined) {
        if (isClosed) throw options.lost()
        heard = Promise.withResolvers<void>()
        await unlessStalled(heard.promise, port, options)
      } else if (message.t === 'data') {
        const weight = weightOf(message.data.length)
        yield { data: message.data }
        taken(weight)
      } else if (message.t === 'hole') {
        yield { holeBytes: message.bytes }
        taken(LEAST_WEIGHT)
      } else if (message.t === 'failed') {
        throw fromWireError(message.error)
      } else return
    }
  } finally {
    port.close()
  }
}

/** Waits for the other side; closes the port when it does nothing for too long, which ends the waiting. */
async function unlessStalled(work: Promise<void>, port: MessagePort, { stallMs, onStall }: PipeOptions): Promise<void> {
  if (stallMs === 0) {
    await work
    return
  }
  const timer = setTimeout(() => {
    onStall?.()
    port.close()
  }, stallMs)
  await work
  clearTimeout(timer)
}

function weightOf(bytes: number): number {
  return Math.max(bytes, LEAST_WEIGHT)
}

/** Parts in buffers of their own, which can be handed over. */
function* cut(data: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  if (data.length <= PART_LIMIT_BYTES && ownsBuffer(data)) yield data
  else {
    for (let at = 0; at < data.length; at += PART_LIMIT_BYTES)
      yield Uint8Array.prototype.slice.call(data, at, at + PART_LIMIT_BYTES) as Uint8Array<ArrayBuffer>
  }
}

function ownsBuffer(data: Uint8Array): data is Uint8Array<ArrayBuffer> {
  return data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength
}
