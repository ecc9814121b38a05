import { z } from 'zod'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import { folderScripts } from '../on-host/file-scripts.ts'
import { openHostFile } from '../on-host/host-file-writer.ts'
import { asRootCommand, type DiskHost, hostFailed, runAsRoot } from '../on-host/run-as-root.ts'
import { hashExtentsScript, inFolder, makeFileScript, mapFileScript, readExtentsScript } from '../on-host/scripts.ts'
import { createDataDigest, type Extent } from './data-digest.ts'

const LOOK_TIMEOUT_MS = 120_000
const OPEN_TIMEOUT_MS = 30_000
/** The other host reads all of it again. */
const HASH_TIMEOUT_MS = 24 * 60 * 60_000
const MAP_BYTES = 8 * 1024 * 1024
/** So much is given to the other host at once. */
const WRITE_BYTES = 4 * 1024 * 1024
/** A smaller hole is not worth an extent of its own. */
const LEAST_HOLE_BYTES = 64 * 1024
const EXTENTS_LIMIT = 20_000

/** A file by its folder, which is there. */
export interface FileOnHost {
  readonly host: DiskHost
  readonly folder: string
  readonly name: string
}

/** Which parts of a file are data. */
export interface FileMap {
  readonly sizeBytes: number
  readonly extents: readonly Extent[]
}

/** Where the data of a file is; where that cannot be told in bounds, all of it is data. Errors: storage.host-failed, storage.needs-ssh, those of the link. */
export async function fetchFileMap({ host, folder, name }: FileOnHost, signal: AbortSignal): Promise<FileMap> {
  const options = { path: `${folder}/${name}`, timeoutMs: LOOK_TIMEOUT_MS, maxOutputBytes: MAP_BYTES, signal }
  const look = async (sizeOnly: boolean) =>
    runAsRoot(host, inFolder(folder, mapFileScript(name, { sizeOnly })), options)
  const said = await look(false).catch((error: unknown) => {
    if (!isAppError(error, 'ssh.exec-output-too-large')) throw error
    return look(true)
  })
  const map = decideFileMap(said)
  if (map === null) throw hostFailed(host, options.path, `its size: ${said.slice(0, 80)}`)
  return map
}

const mapSchema = z.array(
  z.object({ start: z.number().int().nonnegative(), length: z.number().int().positive(), data: z.boolean() }),
)

/** What `stat` and `qemu-img map` said: the size on the first line, then the extents as JSON. Null: not even the size. Pure. */
export function decideFileMap(said: string): FileMap | null {
  const [size = '', ...rest] = said.trim().split('\n')
  const sizeBytes = /^\d{1,15}$/.test(size) ? Number(size) : null
  const whole = (bytes: number): FileMap => ({ sizeBytes: bytes, extents: bytes === 0 ? [] : [[0, bytes]] })
  if (sizeBytes === null) return null
  let parts: z.infer<typeof mapSchema>
  try {
    parts = mapSchema.parse(JSON.parse(rest.join('\n')))
  } catch (error) {
    // A host that has no words for it, as an old qemu-img. Nothing is lost by taking holes along.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return whole(sizeBytes)
    throw error
  }
  const extents: [offset: number, bytes: number][] = []
  for (const { start, length, data } of parts.sort((one, other) => one.start - other.start)) {
    const end = Math.min(start + length, sizeBytes)
    if (!data || end <= start) continue
    const last = extents.at(-1)
    const lastEnd = last === undefined ? Number.NEGATIVE_INFINITY : last[0] + last[1]
    if (last !== undefined && start - lastEnd < LEAST_HOLE_BYTES) last[1] = Math.max(lastEnd, end) - last[0]
    else extents.push([start, end - start])
  }
  return extents.length > EXTENTS_LIMIT ? whole(sizeBytes) : { sizeBytes, extents }
}

export interface RelayRequest {
  readonly from: FileOnHost
  /** Its name is free; what is not whole stays under it, for whoever asked to take away. */
  readonly to: FileOnHost
  readonly map: FileMap
  readonly signal: AbortSignal
  /** How much of the data the other host was given. */
  readonly onProgress: (sentBytes: number) => void
}

/**
 * Copies a file of one host to another one, over this computer, as the hosts may not reach each other: sparse, and compared by what the other host
 * reads of it at the end. Nobody may write to it meanwhile. Errors: disk.copy-differs, storage.full, storage.not-answering, storage.host-failed, storage.needs-ssh, those
 * of the links.
 */
export async function relayFile({ from, to, map, signal, onProgress }: RelayRequest): Promise<void> {
  const path = `${to.folder}/${to.name}`
  await runAsRoot(to.host, inFolder(to.folder, makeFileScript(to.name, map.sizeBytes)), {
    path,
    timeoutMs: LOOK_TIMEOUT_MS,
    signal,
  })
  const digest = createDataDigest({ whole: false })
  if (map.extents.length === 0) return
  const writer = await openHostFile(to.host, { ...to, files: folderScripts }, signal)
  try {
    const reader = readExtents(from, map, signal)
    let pieces: Uint8Array[] = []
    let begin = 0
    let position = 0
    let sent = 0
    const flush = async () => {
      const given = pieces
      pieces = []
      if (given.length > 0) await writer.write(begin, given)
      onProgress(sent)
    }
    for await (const { offset, data } of reader) {
      if (offset !== position || position - begin >= WRITE_BYTES) {
        await flush()
        begin = offset
      }
      digest.add(offset, data)
      pieces.push(data)
      position = offset + data.length
      sent += data.length
    }
    await flush()
    await writer.finish()
  } catch (error) {
    await writer.abort()
    throw error
  }
  await compare(to, digest.finish().ofData, signal)
}

/** The data of the extents in their order. */
async function* readExtents(
  { host, folder, name }: FileOnHost,
  { extents }: FileMap,
  signal: AbortSignal,
): AsyncGenerator<{ readonly offset: number; readonly data: Uint8Array }> {
  const path = `${folder}/${name}`
  const command = await host.bulk.openCommand(asRootCommand(inFolder(folder, readExtentsScript(name))), {
    timeoutMs: OPEN_TIMEOUT_MS,
    // Whoever is given the bytes may be slow; a host that is gone ends its session.
    idleTimeoutMs: 0,
    signal,
  })
  try {
    const given = command.input.write(listOf(extents)).then(() => command.input.finish())
    // How the command ended says why it took no more.
    given.catch(() => undefined)
    let index = 0
    let done = 0
    for await (const chunk of command.output) {
      let left: Uint8Array = chunk
      while (left.length > 0) {
        const extent = extents[index]
        if (extent === undefined) throw hostFailed(host, path, 'it gave more than it was asked for')
        const [offset, bytes] = extent
        const data = left.subarray(0, bytes - done)
        // It is handed over to whoever writes it: what is left is another piece.
        yield { offset: offset + done, data: data.slice() }
        left = left.subarray(data.length)
        done += data.length
        if (done === bytes) {
          index += 1
          done = 0
        }
      }
    }
    const { exitCode, stderr } = await command.ended
    if (exitCode !== 0) throw hostFailed(host, path, stderr || `exit code ${exitCode ?? 'unknown'}`)
    if (index < extents.length) throw hostFailed(host, path, 'the file became shorter while it was read')
  } finally {
    await command.abort()
  }
}

/** Has the other host read what it wrote. */
async function compare(
  { host, folder, name }: FileOnHost,
  expected: { readonly sha256: string; readonly extents: readonly Extent[] } | null,
  signal: AbortSignal,
): Promise<void> {
  if (expected === null) return
  const input = listOf(expected.extents).toString()
  const options = { path: `${folder}/${name}`, timeoutMs: HASH_TIMEOUT_MS, signal, input }
  const said = await runAsRoot(host, inFolder(folder, hashExtentsScript(name)), options)
  const actual = said.trim().slice(0, 64)
  if (actual !== expected.sha256)
    throw new AppError('disk.checksum-differs', { fileName: name, expected: expected.sha256, actual })
}

/** As the host's scripts take them: a line each, and an empty one. */
function listOf(extents: readonly Extent[]): Buffer {
  return Buffer.from(`${extents.map((extent) => extent.join(' ')).join('\n')}\n\n`)
}
