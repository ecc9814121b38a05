import { type DiskFormat, isBlockStorage } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { DiskPlace } from './disk-place.ts'
import { type DiskWork, partName, throwUnlessDone } from './disk-work.ts'
import {
  decideImage,
  type HeadVerdict,
  type ImageCompression,
  type ImageHeader,
  isFixedVhd,
  readImageHeader,
  VHD_FOOTER_BYTES,
} from './formats/index.ts'
import { fetchHead } from './on-host/list-files.ts'
import { runLong } from './on-host/run-long.ts'
import { convertScript, truncateScript, unpackScript } from './on-host/scripts.ts'

const UNPACKED_LIMIT_BYTES = 64 * 1024 ** 4
const PROGRAMS = { gzip: 'gzip', xz: 'xz', zstd: 'zstd' } as const satisfies Record<ImageCompression, string>
const SECTOR_BYTES = 512

/** A file that has arrived, and is not looked into yet. */
export interface ArrivedFile {
  readonly fileName: string
  readonly sizeBytes: number
  /** What is known of it; null: it is to be read from the host. */
  readonly header: ImageHeader | null
}

/** What is to be given its name. */
export interface SettledFile {
  readonly part: string
  readonly format: DiskFormat
  readonly kind: 'disk' | 'image'
  readonly virtualBytes: number
}

export interface SettleOptions {
  readonly place: DiskPlace
  readonly operationId: string
  readonly signal: AbortSignal
  readonly work: DiskWork
  readonly onProgress: (fraction: number) => void
  readonly say: (key: string) => void
}

/**
 * Makes of an operation's file what its domain keeps: unpacks it where it is packed, refuses what a host must not open, converts what machines here
 * do not use. All on the host; what it makes are the operation's further unfinished files. Errors: disk.image-…, disk.not-a-medium, disk.tool-missing, storage.…
 */
export async function settleFile(arrived: ArrivedFile, options: SettleOptions): Promise<SettledFile> {
  const { place, operationId, work, signal } = options
  const { fileName } = arrived
  let part = partName(operationId)
  let { sizeBytes } = arrived
  let verdict: HeadVerdict = arrived.header ?? (await fetchVerdict(part, options))
  if (verdict.kind === 'compressed') {
    assertInFolder(place, fileName)
    options.say('unpacking')
    const unpacked = partName(operationId, 1)
    sizeBytes = await unpack(verdict.compression, { from: part, to: unpacked, fileName }, options)
    part = unpacked
    verdict = await fetchVerdict(part, options)
    if (verdict.kind === 'compressed') throw new AppError('disk.image-packed-twice', { fileName })
  }
  const refusal = decideImage(verdict, { fileName, fileBytes: sizeBytes })
  if (refusal !== null) throw refusal
  if (verdict.kind !== 'image') throw new Error('decideImage let pass what is no image')
  const format = await decideFormat(verdict, { part, sizeBytes }, options)
  const virtualBytes = verdict.virtualBytes ?? sizeBytes - (format === 'vpc' ? VHD_FOOTER_BYTES : 0)
  const { domain } = place
  if (domain.type === 'iso' && format !== 'iso' && format !== 'raw') {
    throw new AppError('disk.not-a-medium', { fileName, format, name: domain.name })
  }
  const kind = format === 'iso' || domain.type === 'iso' ? 'image' : 'disk'
  if (format === 'iso' || format === 'qcow2') {
    await work.run(place, place.files.grow(part, { format, virtualBytes }), signal)
    return { part, format, kind, virtualBytes }
  }
  if (format === 'raw') {
    const whole = Math.ceil(sizeBytes / SECTOR_BYTES) * SECTOR_BYTES
    // A disk has whole sectors.
    if (kind === 'disk' && whole !== sizeBytes) await work.run(place, place.files.truncate(part, whole), signal)
    return { part, format, kind, virtualBytes: kind === 'disk' ? whole : sizeBytes }
  }
  assertInFolder(place, fileName)
  options.say('converting')
  const converted = partName(operationId, 2)
  const end = await runLong(place.host, place.folder, convertScript(part, format, converted), {
    signal,
    report: options.onProgress,
  })
  throwUnlessDone(place, end, 'qemu-img')
  return { part: converted, format: 'qcow2', kind, virtualBytes }
}

/** On LUNs there is no file that could grow: what has to be unpacked or converted is refused. */
function assertInFolder({ domain }: DiskPlace, fileName: string): void {
  if (isBlockStorage(domain.storage)) throw new AppError('disk.image-not-ready', { fileName, name: domain.name })
}

async function fetchVerdict(part: string, { place, signal }: SettleOptions): Promise<HeadVerdict> {
  return readImageHeader(await fetchHead(place, part, signal))
}

/** Raw, unless its end says that it is a fixed VHD. */
async function decideFormat(
  { format }: ImageHeader,
  { part, sizeBytes }: { readonly part: string; readonly sizeBytes: number },
  options: SettleOptions,
): Promise<ImageHeader['format']> {
  if (format !== 'raw' || sizeBytes < VHD_FOOTER_BYTES) return format
  const { place, work, signal } = options
  const tail = await work.run(place, place.files.readTail(part, VHD_FOOTER_BYTES, sizeBytes), signal)
  return isFixedVhd(Buffer.from(tail, 'base64')) ? 'vpc' : 'raw'
}

/** Returns how many bytes it became. */
async function unpack(
  compression: ImageCompression,
  { from, to, fileName }: { readonly from: string; readonly to: string; readonly fileName: string },
  { place, work, signal }: SettleOptions,
): Promise<number> {
  const program = PROGRAMS[compression]
  const script = unpackScript(program, from, to, UNPACKED_LIMIT_BYTES)
  const end = await runLong(place.host, place.folder, script, { signal })
  throwUnlessDone(place, end, program)
  const { exitCode, bytes } = parsePipeEnd(end.stdout)
  if (bytes > UNPACKED_LIMIT_BYTES) {
    throw new AppError('disk.image-too-large', { fileName, virtualBytes: bytes, limitBytes: UNPACKED_LIMIT_BYTES })
  }
  if (exitCode !== 0)
    throw new AppError('disk.image-damaged', { fileName, format: compression, detail: end.stderr.trim().slice(0, 200) })
  await work.run(place, truncateScript(to, bytes), signal)
  return bytes
}

/** What a pipe into dd told: how its program ended, and how many bytes there were. Pure. */
export function parsePipeEnd(text: string): { readonly exitCode: number; readonly bytes: number } {
  const copied = [...text.matchAll(/(?:^|[\r\n])(\d+) bytes /g)].at(-1)
  const code = [...text.matchAll(/@exit (\d+)/g)].at(-1)
  return { exitCode: Number(code?.[1] ?? 1), bytes: Number(copied?.[1] ?? 0) }
}
