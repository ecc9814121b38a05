import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { AppError } from '../../../shared/errors/index.ts'
import { cutZeros, type TransferReceiver } from '../../../shared/transfer/index.ts'
import { HEAD_BYTES, type ImageCompression } from '../formats/index.ts'

/** A part of the file as it is to lie on the host. */
export type FilePart =
  | { readonly offset: number; readonly data: Uint8Array }
  | { readonly offset: number; readonly holeBytes: number }

const UNPACKED_CHUNK_BYTES = 256 * 1024
const ZEROS = new Uint8Array(1024 * 1024)

export interface IncomingOptions {
  readonly receiver: TransferReceiver
  readonly fileName: string
  /** Of the file as it is sent. */
  readonly sizeBytes: number
  /** What its SHA-256 is to be, where it is looked for here. */
  readonly sha256: string | undefined
  readonly signal: AbortSignal
  /** How much of what is sent has come. */
  readonly onProgress: (offset: number) => void
}

/**
 * What a client sends, from `offset` on, to its end. Errors: disk.size-differs, disk.checksum-differs (only where the
 * whole file comes, from 0).
 */
export async function* incomingParts(options: IncomingOptions, offset: number): AsyncGenerator<FilePart> {
  const { receiver, fileName, sizeBytes, sha256, signal, onProgress } = options
  const hash = sha256 !== undefined && offset === 0 ? createHash('sha256') : null
  receiver.start(offset)
  for (;;) {
    const part = await receiver.next(signal)
    if (part.t === 'end') break
    if (part.t === 'data') {
      hash?.update(part.data)
      onProgress(part.offset + part.data.length)
      yield { offset: part.offset, data: part.data }
    } else {
      for (let left = part.bytes; hash !== null && left > 0; left -= ZEROS.length)
        hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)
      onProgress(part.offset + part.bytes)
      yield { offset: part.offset, holeBytes: part.bytes }
    }
    if (receiver.position > sizeBytes) break
  }
  const receivedBytes = receiver.position
  if (receivedBytes !== sizeBytes) {
    throw new AppError('disk.size-differs', { fileName, expectedBytes: sizeBytes, receivedBytes })
  }
  const actual = hash?.digest('hex')
  if (sha256 !== undefined && actual !== undefined && actual !== sha256) {
    throw new AppError('disk.checksum-differs', { fileName, expected: sha256, actual })
  }
}

/** What is in a packed file, with its zeros as holes. Errors: disk.image-damaged. */
export async function* unpackParts(
  parts: AsyncIterable<FilePart>,
  compression: Exclude<ImageCompression, 'xz'>,
  fileName: string,
): AsyncGenerator<FilePart> {
  const options = { chunkSize: UNPACKED_CHUNK_BYTES }
  const unpacker = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  let lost: Error | null = null
  const source = Readable.from(bytesOf(parts), { objectMode: false })
  source.on('error', (error) => {
    lost = error
    unpacker.destroy(error)
  })
  source.pipe(unpacker)
  let offset = 0
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      for (const run of cutZeros(chunk)) {
        if ('zeros' in run) yield { offset, holeBytes: run.zeros }
        else yield { offset, data: run.data }
        offset += 'zeros' in run ? run.zeros : run.data.length
      }
    }
  } catch (error) {
    // What was to be unpacked did not come.
    if (error === lost) throw error
    const detail = error instanceof Error ? error.message : String(error)
    throw new AppError('disk.image-damaged', { fileName, format: compression, detail }, { cause: error })
  } finally {
    source.destroy()
    unpacker.destroy()
  }
}

/** The first bytes, as many as tell what it is, or all where there are fewer. */
export async function readHead(parts: AsyncIterable<FilePart>): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD_BYTES)
  let length = 0
  for await (const part of parts) {
    if ('data' in part) head.set(part.data.subarray(0, HEAD_BYTES - part.offset), part.offset)
    const bytes = 'data' in part ? part.data.length : part.holeBytes
    length = Math.min(HEAD_BYTES, part.offset + bytes)
    if (length === HEAD_BYTES) break
  }
  return head.subarray(0, length)
}

async function* bytesOf(parts: AsyncIterable<FilePart>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    if ('data' in part) yield part.data
    else
      for (let left = part.holeBytes; left > 0; left -= ZEROS.length)
        yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS
  }
}
