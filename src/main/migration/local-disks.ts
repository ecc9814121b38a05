import { z } from 'zod'
import { AppError } from '../../shared/errors/index.ts'
import { runAsRoot } from '../disk/index.ts'
import { type HostLink, shellQuote } from '../hosts/index.ts'
import type { MigrationDisk } from '../xml/index.ts'

const TIMEOUT_MS = 60_000
const DISK_LIMIT = 64
/** What an image may be of: QEMU's mirror writes both. */
const FORMATS: ReadonlySet<string> = new Set(['qcow2', 'raw'])

/** A disk that goes along: the other host gets an empty image of that size, and QEMU fills it. */
export interface DiskCopy {
  readonly path: string
  readonly target: string
  readonly format: string
  /** What the guest sees of it. */
  readonly virtualBytes: number
  /** What it takes up now. */
  readonly usedBytes: number
}

const infoSchema = z.object({
  format: z.string(),
  'virtual-size': z.number().nonnegative(),
  'actual-size': z.number().nonnegative().default(0),
  'backing-filename': z.string().optional(),
})

/** Splits the output of several commands: one that no image's description has. */
const BETWEEN = '--virtdeck--'

/**
 * Looks at disks of a running machine on its own host. Errors: migration.disk-not-copied where one has a backing file or a format that cannot be
 * copied, storage.host-failed, those of the link.
 */
export async function fetchCopies(
  source: HostLink,
  disks: readonly MigrationDisk[],
  signal: AbortSignal,
): Promise<DiskCopy[]> {
  const [first] = disks
  if (first === undefined) return []
  if (disks.length > DISK_LIMIT) throw refusal(source, first.path, 'unreadable', `more than ${DISK_LIMIT} disks`)
  // The running QEMU has the lock of it: it is only looked at.
  const looks = disks.map(({ path }) => `qemu-img info -U --output=json ${shellQuote(path)} || exit 1; echo ${BETWEEN}`)
  const said = await runAsRoot(source, looks.join('\n'), { path: first.path, timeoutMs: TIMEOUT_MS, signal })
  const parts = said.split(BETWEEN)
  return disks.map((disk, index) => decideCopy(source, disk, parts[index] ?? ''))
}

function decideCopy(source: HostLink, { path, target }: MigrationDisk, described: string): DiskCopy {
  const begin = described.indexOf('{')
  let info: z.infer<typeof infoSchema>
  try {
    info = infoSchema.parse(JSON.parse(described.slice(Math.max(0, begin))))
  } catch (error) {
    throw refusal(source, path, 'unreadable', error instanceof Error ? error.message.slice(0, 200) : '', error)
  }
  const backing = info['backing-filename']
  if (backing !== undefined) throw refusal(source, path, 'backing-file', backing)
  if (!FORMATS.has(info.format)) throw refusal(source, path, 'format', info.format)
  return {
    path,
    target,
    format: info.format,
    virtualBytes: info['virtual-size'],
    usedBytes: info['actual-size'],
  }
}

/**
 * Is there place for the copies at the other host, and nothing of their names? All that is in the way; empty: nothing. Errors: those of the
 * link, storage.host-failed.
 */
export async function askForRoom(
  destination: HostLink,
  copies: readonly DiskCopy[],
  signal: AbortSignal,
): Promise<AppError[]> {
  const [first] = copies
  if (first === undefined) return []
  // The folder that exists, however much of the path is still to be made.
  const looks = copies.map(({ path }) =>
    [
      `f=${shellQuote(path)}`,
      '[ -e "$f" ] && echo exists || echo absent',
      'd=$(dirname "$f"); while [ ! -d "$d" ]; do d=$(dirname "$d"); done',
      'stat -f -c "%a %S" "$d"; stat -c %d "$d"',
    ].join('\n'),
  )
  const said = await runAsRoot(destination, looks.join('\n'), { path: first.path, timeoutMs: TIMEOUT_MS, signal })
  return decideRoom(destination.definition.name, copies, said)
}

/** What three lines for each copy say: whether it exists, free blocks and their size, and the file system's number. Pure. */
export function decideRoom(hostName: string, copies: readonly DiskCopy[], said: string): AppError[] {
  const lines = said
    .trim()
    .split('\n')
    .slice(-3 * copies.length)
  const found: AppError[] = []
  const left = new Map<string, number>()
  for (const [index, { path, usedBytes }] of copies.entries()) {
    const [exists, blocks = '', device = ''] = lines.slice(3 * index, 3 * index + 3)
    if (exists === 'exists') found.push(new AppError('migration.disk-exists', { path, hostName }))
    const [count = 0, size = 0] = blocks.split(' ').map(Number)
    const freeBytes = left.get(device) ?? count * size
    left.set(device, freeBytes - usedBytes)
    if (freeBytes < usedBytes)
      found.push(
        new AppError('migration.disk-room', {
          path,
          hostName,
          neededBytes: usedBytes,
          freeBytes: Math.max(0, freeBytes),
        }),
      )
  }
  return found
}

/**
 * Makes empty images. One that came to be there since it was asked for is somebody's: only what did not exist is made, and where one cannot be
 * made, only what was made is taken away again. Pure.
 */
export function makeImagesScript(copies: readonly Pick<DiskCopy, 'path' | 'format' | 'virtualBytes'>[]): string {
  const lines = copies.map(({ path, format, virtualBytes }, index) => {
    const quoted = shellQuote(path)
    const before = copies.slice(0, index).map((made) => shellQuote(made.path))
    const giveUp = (made: readonly string[]) => `{ ${made.length === 0 ? '' : `rm -f -- ${made.join(' ')}; `}exit 1; }`
    return [
      `mkdir -p -- "$(dirname ${quoted})" && ( set -C; : > ${quoted} ) || ${giveUp(before)}`,
      `qemu-img create -q -f ${format} ${quoted} ${virtualBytes} && chmod 600 ${quoted} || ${giveUp([...before, quoted])}`,
    ].join('; ')
  })
  return lines.join('; ')
}

/** Makes the empty images; where one cannot be made, none is left. Errors: storage.full, storage.host-failed, those of the link. */
export async function makeCopies(
  destination: HostLink,
  copies: readonly DiskCopy[],
  signal: AbortSignal,
): Promise<void> {
  const [first] = copies
  if (first === undefined) return
  await runAsRoot(destination, makeImagesScript(copies), { path: first.path, timeoutMs: TIMEOUT_MS, signal })
}

/** Takes images away; those that are gone are no error. Errors: storage.host-failed, those of the link. */
export async function removeImages(link: HostLink, copies: readonly Pick<DiskCopy, 'path'>[]): Promise<void> {
  const [first] = copies
  if (first === undefined) return
  const script = `rm -f -- ${copies.map(({ path }) => shellQuote(path)).join(' ')}`
  await runAsRoot(link, script, { path: first.path, timeoutMs: TIMEOUT_MS })
}

/** How many of them are there. Errors: storage.host-failed, those of the link. */
export async function countImages(link: HostLink, copies: readonly Pick<DiskCopy, 'path'>[]): Promise<number> {
  const [first] = copies
  if (first === undefined) return 0
  const script = `n=0; for f in ${copies.map(({ path }) => shellQuote(path)).join(' ')}; do [ ! -e "$f" ] || n=$((n + 1)); done; echo "found $n"`
  const said = await runAsRoot(link, script, { path: first.path, timeoutMs: TIMEOUT_MS })
  return Number(/found (\d+)/.exec(said)?.[1] ?? 0)
}

function refusal(source: HostLink, path: string, why: string, detail: string, cause?: unknown): AppError {
  const hostName = source.definition.name
  return new AppError('migration.disk-not-copied', { path, hostName, why, detail }, { hostId: source.id, cause })
}
