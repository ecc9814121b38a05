import { HEAD_BYTES, type HeadVerdict, readImageHeader } from '../formats/index.ts'
import type { FileScripts } from './disk-scripts.ts'
import { type DiskHost, runAsRoot } from './run-as-root.ts'
import { inFolder, readHeadScript } from './scripts.ts'

const TIMEOUT_MS = 120_000
const OUTPUT_BYTES = 64 * 1024 * 1024
/** Where the sector begins that tells an installation medium. */
const MEDIUM_OFFSET = 32_768
const NAME_LIMIT = 255

/** A file that lies in a domain, as its host told of it. */
export interface FoundFile {
  readonly fileName: string
  readonly sizeBytes: number
  readonly allocatedBytes: number
  readonly header: Exclude<HeadVerdict, { kind: 'compressed' }>
}

/** What lies in a domain's folder: regular files that are not hidden. Errors: those of `runAsRoot`. */
export async function fetchFiles(
  { host, folder, files }: { readonly host: DiskHost; readonly folder: string; readonly files: FileScripts },
  signal?: AbortSignal,
): Promise<readonly FoundFile[]> {
  const script = inFolder(folder, files.list())
  return parseFiles(
    await runAsRoot(host, script, { path: folder, timeoutMs: TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES, signal }),
  )
}

/** The first bytes of one file, as many as tell what it is. Errors: those of `runAsRoot`. */
export async function fetchHead(
  { host, folder }: { readonly host: DiskHost; readonly folder: string },
  name: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const options = { path: `${folder}/${name}`, timeoutMs: TIMEOUT_MS, maxOutputBytes: 2 * HEAD_BYTES, signal }
  return Buffer.from(await runAsRoot(host, inFolder(folder, readHeadScript(name, HEAD_BYTES)), options), 'base64')
}

/** Reads what `listFilesScript` prints. What does not look like it is left out. Pure. */
export function parseFiles(text: string): readonly FoundFile[] {
  const lines = text.split('\n')
  const files: FoundFile[] = []
  for (let at = 0; at + 3 < lines.length; at += 4) {
    const [numbers = '', name = '', head = '', medium = ''] = lines.slice(at, at + 4)
    const [, size, blocks, blockBytes] = /^(\d{1,16}) (\d{1,16}) (\d{1,6})$/.exec(numbers) ?? []
    const fileName = Buffer.from(name, 'base64').toString('utf8')
    if (size === undefined || fileName === '' || fileName.length > NAME_LIMIT || /[/\p{C}]/u.test(fileName)) continue
    files.push({
      fileName,
      sizeBytes: Number(size),
      allocatedBytes: Number(blocks) * Number(blockBytes),
      header: head.startsWith('@')
        ? readTags(head.slice(1))
        : readListedHeader(Buffer.from(head, 'base64'), Buffer.from(medium, 'base64')),
    })
  }
  return files
}

/** What a volume of LVM holds, as its tags say: "virtdeck.format=qcow2,virtdeck.bytes=1073741824". */
function readTags(tags: string): FoundFile['header'] {
  const [, format] = /(?:^|,)virtdeck\.format=(raw|qcow2)(?:,|$)/.exec(tags) ?? []
  const [, bytes] = /(?:^|,)virtdeck\.bytes=(\d{1,16})(?:,|$)/.exec(tags) ?? []
  if (format === undefined || bytes === undefined) return { kind: 'unsupported', name: 'LVM' }
  return {
    kind: 'image',
    format: format === 'qcow2' ? 'qcow2' : 'raw',
    virtualBytes: Number(bytes),
    outsideFiles: [],
    encrypted: false,
    volumeId: null,
  }
}

/** The little that is read of each file tells its format; of a few formats not its size. */
function readListedHeader(head: Uint8Array, medium: Uint8Array): FoundFile['header'] {
  const bytes = new Uint8Array(medium.length === 0 ? head.length : MEDIUM_OFFSET + medium.length)
  bytes.set(head)
  if (medium.length > 0) bytes.set(medium, MEDIUM_OFFSET)
  const verdict = readImageHeader(bytes)
  return verdict.kind === 'compressed' ? { kind: 'unsupported', name: verdict.compression } : verdict
}
