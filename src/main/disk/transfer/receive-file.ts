import { AppError } from '../../../shared/errors/index.ts'
import type { TransferReceiver } from '../../../shared/transfer/index.ts'
import {
  decideImage,
  type HeadVerdict,
  type ImageCompression,
  type ImageHeader,
  readImageHeader,
} from '../formats/index.ts'
import type { FileScripts } from '../on-host/disk-scripts.ts'
import { type HostFileWriter, openHostFile } from '../on-host/host-file-writer.ts'
import type { DiskHost } from '../on-host/run-as-root.ts'
import { createDataDigest, type DataDigest, type Extent } from './data-digest.ts'
import { type FilePart, incomingParts, readHead, unpackParts } from './incoming-parts.ts'
import { withPatience } from './with-patience.ts'

/** So much is given to the host at once, and confirmed by it. */
const EXTENT_BYTES = 4 * 1024 * 1024
/** Smaller holes are written as zeros: an extent each would cost more. */
const LEAST_HOLE_BYTES = 64 * 1024
/** Of what is unpacked: nobody knows beforehand how large it becomes. */
const UNPACKED_LIMIT_BYTES = 64 * 1024 ** 4

export interface ReceiveRequest {
  readonly receiver: TransferReceiver
  readonly fileName: string
  readonly sizeBytes: number
  readonly sha256: string | undefined
  readonly signal: AbortSignal
  /** The file, which is there and empty; asked again when the host was lost, as another one may see to the domain then. */
  readonly target: () => {
    readonly host: DiskHost
    readonly folder: string
    readonly files: FileScripts
    readonly name: string
  }
  readonly monotonicMs: () => number
  /** How much of what is sent has come. */
  readonly onProgress: (sentBytes: number) => void
  /** The host is gone, and waited for. */
  readonly onPaused: (error: AppError) => void
}

/** A file that has arrived. */
export interface Received {
  /** What it is; null for one that the host has to unpack before that can be seen. */
  readonly header: ImageHeader | null
  /** By which program the host has to unpack it. */
  readonly packed: Extract<ImageCompression, 'xz'> | null
  readonly sizeBytes: number
  /** To compare with what the host reads; null: too scattered. */
  readonly digest: { readonly sha256: string; readonly extents: readonly Extent[] } | null
}

/**
 * Takes a file from a client and has a host write it, sparse. Before the first byte is written it is looked at what it is. A client that is
 * gone is waited for, and asked for what comes next when it is back. A host that is gone is waited for too; then it goes on behind what the host has
 * confirmed, or from the beginning where that may be gone. Errors: disk.image-…, disk.size-differs, disk.checksum-differs, storage.full, storage.…
 */
export async function receiveFile(request: ReceiveRequest): Promise<Received> {
  const { signal, monotonicMs, sha256, target, onPaused } = request
  const digest = createDataDigest({ whole: sha256 !== undefined })
  const state: State = { digest, verdict: null, confirmed: 0, bootId: '' }
  let confirmedBefore = 0
  return withPatience(
    { host: () => target().host, signal, monotonicMs, onPaused },
    () => {
      confirmedBefore = state.confirmed
      return receiveOnce(request, state)
    },
    () => state.confirmed > confirmedBefore,
  )
}

interface State {
  readonly digest: DataDigest
  verdict: HeadVerdict | null
  confirmed: number
  bootId: string
}

async function receiveOnce(request: ReceiveRequest, state: State): Promise<Received> {
  const { target, signal, sizeBytes, fileName, sha256 } = request
  const { digest } = state
  state.verdict ??= await lookAtHead(request)
  const { verdict } = state
  const packed = verdict.kind === 'compressed' ? verdict.compression : null
  const inner = packed === null || packed === 'xz' ? null : await lookInside(request, packed)
  const image = inner ?? (verdict.kind === 'compressed' ? null : verdict)
  const refusal = image === null ? null : decideImage(image, { fileName, fileBytes: packed === null ? sizeBytes : 0 })
  if (refusal !== null) throw refusal

  const { host, ...file } = target()
  const writer = await openHostFile(host, file, signal)
  try {
    // What another boot confirmed may never have come to its disk.
    const isSame = writer.bootId === state.bootId
    const begin = isSame && digest.rewind(state.confirmed) ? state.confirmed : 0
    if (begin === 0) digest.rewind(0)
    state.bootId = writer.bootId
    state.confirmed = begin
    const isUnpacked = packed !== null && packed !== 'xz'
    // What is packed comes again from its beginning; of what is in it, the host gets what it does not have.
    const incoming = incomingParts({ ...request, sha256: isUnpacked ? sha256 : undefined }, isUnpacked ? 0 : begin)
    const parts = isUnpacked ? skipTo(unpackParts(incoming, packed, fileName), begin) : incoming
    const end = await writeParts(parts, writer, { state, begin, fileName })
    const { ofData, whole } = digest.finish()
    if (!isUnpacked && sha256 !== undefined && whole !== sha256) {
      throw new AppError('disk.checksum-differs', { fileName, expected: sha256, actual: whole ?? '' })
    }
    await writer.finish()
    return {
      header: image?.kind === 'image' ? image : null,
      packed: packed === 'xz' ? packed : null,
      sizeBytes: isUnpacked ? end : sizeBytes,
      digest: ofData,
    }
  } catch (error) {
    state.confirmed = Math.max(state.confirmed, writer.confirmed)
    await writer.abort()
    throw error
  }
}

/** Has the host write what comes; returns where it ended. */
async function writeParts(
  parts: AsyncIterable<FilePart>,
  writer: HostFileWriter,
  { state, begin, fileName }: { readonly state: State; readonly begin: number; readonly fileName: string },
): Promise<number> {
  const { digest } = state
  let pieces: Uint8Array[] = []
  let from = begin
  let position = begin
  const flush = async () => {
    if (position > from) {
      await writer.write(from, pieces)
      digest.mark(position)
    }
    pieces = []
    from = position
    // Only where an extent ended can it be gone on.
    if (writer.confirmed > state.confirmed) {
      state.confirmed = writer.confirmed
      digest.forget(state.confirmed)
    }
  }
  for await (const part of parts) {
    if ('data' in part) {
      // What is written changes its owner on the way: it is counted in before.
      digest.add(part.offset, part.data)
      pieces.push(part.data)
      position = part.offset + part.data.length
      if (position - from >= EXTENT_BYTES) await flush()
    } else if (part.holeBytes < LEAST_HOLE_BYTES && pieces.length > 0) {
      const zeros = new Uint8Array(part.holeBytes)
      digest.add(part.offset, zeros)
      pieces.push(zeros)
      position = part.offset + part.holeBytes
    } else {
      await flush()
      digest.addHole(part.holeBytes)
      position = part.offset + part.holeBytes
      from = position
    }
    if (position > UNPACKED_LIMIT_BYTES) {
      throw new AppError('disk.image-too-large', { fileName, virtualBytes: position, limitBytes: UNPACKED_LIMIT_BYTES })
    }
  }
  await flush()
  return position
}

/** What the first bytes of the file are, before any of it is written. */
async function lookAtHead(request: ReceiveRequest): Promise<HeadVerdict> {
  return readImageHeader(await readHead(incomingParts({ ...request, sha256: undefined }, 0)))
}

/** The same of what is in a packed file. */
async function lookInside(
  request: ReceiveRequest,
  packed: Exclude<ImageCompression, 'xz'>,
): Promise<Exclude<HeadVerdict, { kind: 'compressed' }>> {
  const { fileName } = request
  const parts = unpackParts(incomingParts({ ...request, sha256: undefined }, 0), packed, fileName)
  const verdict = readImageHeader(await readHead(parts))
  if (verdict.kind === 'compressed') throw new AppError('disk.image-packed-twice', { fileName })
  return verdict
}

async function* skipTo(parts: AsyncIterable<FilePart>, begin: number): AsyncGenerator<FilePart> {
  for await (const part of parts) {
    const bytes = 'data' in part ? part.data.length : part.holeBytes
    const skipped = Math.max(0, begin - part.offset)
    if (skipped >= bytes) continue
    const offset = part.offset + skipped
    yield 'data' in part ? { offset, data: part.data.subarray(skipped) } : { offset, holeBytes: bytes - skipped }
  }
}
