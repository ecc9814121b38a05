import { AppError } from '../../../shared/errors/index.ts'
import { shellQuote } from '../../hosts/index.ts'
import { formatDescriptor, parseDescriptor } from './descriptor-text.ts'
import { hostFailed, runAsRoot, runAsRootOrFail } from './root-script.ts'
import type {
  DomainDescriptor,
  DomainFileChange,
  DomainFolder,
  DomainPool,
  EngineIdentity,
  HostCallOptions,
  StorageHost,
  WriteOptions,
} from './types.ts'

type Place = Pick<DomainPool, 'targetPath'>

const FILES_MAX = 256
const FILE_BYTES = 1024 * 1024
const LIST_BYTES = 48 * 1024 * 1024
const LIST_FILES = 4_096
const FORMAT_TIMEOUT_MS = 10 * 60_000
const WRITE_TIMEOUT_MS = 60_000
const OWNED_ELSEWHERE = 10
const NAME = /^[A-Za-z0-9][\w.-]{0,127}$/

/** Into `.virtdeck`, which is ours and no symbolic link. */
function enter(path: string): string {
  return `cd -- ${shellQuote(path)} || exit 1; if [ -L .virtdeck ] || [ ! -d .virtdeck ]; then exit 3; fi; cd .virtdeck || exit 1`
}

/**
 * Changes files of a domain in one go, crash-safe: each is written beside its place, checked for its length, brought to disk and renamed;
 * then the folders are brought to disk. So a file is either as before or as wanted, whatever ends in between.
 * Errors: storage.owned-elsewhere, storage.host-failed, and those of `runAsRoot`.
 */
export async function writeDomainFiles(
  host: StorageHost,
  { targetPath: path }: Place,
  changes: readonly DomainFileChange[],
  { owner, ...options }: WriteOptions,
): Promise<void> {
  if (changes.length === 0) return
  if (changes.length > FILES_MAX) throw new Error(`more than ${FILES_MAX} files at once`)
  const texts = changes.map(({ text }) => text ?? '')
  const steps = changes.map(({ folder, fileName, text }) => {
    if (!NAME.test(fileName)) throw new Error(`not a name of a domain's file: ${fileName}`)
    const bytes = Buffer.byteLength(text ?? '')
    if (bytes > FILE_BYTES) throw new Error(`${fileName} is longer than ${FILE_BYTES} bytes`)
    return text === null
      ? `rm -f -- ${folder ?? '.'}/${fileName} || exit 9`
      : `put ${folder ?? '.'} ${fileName} ${bytes}`
  })
  const script = [
    `cd -- ${shellQuote(path)} || exit 1`,
    'for x in .virtdeck .virtdeck/vms .virtdeck/disks; do if [ -L $x ]; then echo "$x: symbolic link" >&2; exit 4; fi; if [ ! -d $x ]; then mkdir -m 755 $x || exit 5; fi; done',
    'cd .virtdeck || exit 1',
    ...(owner === undefined
      ? []
      : [
          `if ! grep -qF ${shellQuote(`"id":${JSON.stringify(owner.id)}`)} owner.lock 2>/dev/null; then head -c 1024 owner.lock 2>/dev/null; exit ${OWNED_ELSEWHERE}; fi`,
        ]),
    // What a host that died in the midst has left.
    'find . -maxdepth 2 \\( -name ".tmp-*" -o -name "token-*" -o -name "lock-*" \\) -mmin +60 -delete 2>/dev/null',
    't=; trap "if [ -n \\"\\$t\\" ]; then rm -f -- \\"\\$t\\"; fi" EXIT; trap "exit 143" TERM',
    // A connection that ends cuts the input off.
    'put() { t=$(mktemp -p "$1" .tmp-XXXXXXXXXX) || exit 6; head -c "$3" > "$t" || exit 6; if [ "$(stat -c %s -- "$t")" != "$3" ]; then echo "$2: cut off" >&2; exit 7; fi; chmod 644 -- "$t"; sync -- "$t" || exit 8; mv -fT -- "$t" "$1/$2" || exit 9; t=; }',
    ...steps,
    'sync -- . vms disks || exit 8',
    'exit 0',
  ].join('; ')
  const limits = { ...options, path, input: texts.join(''), timeoutMs: WRITE_TIMEOUT_MS }
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, limits)
  if (exitCode === OWNED_ELSEWHERE) {
    const engineName = parseEngine(stdout)?.name ?? ''
    throw new AppError('storage.owned-elsewhere', { name: path, engineName }, { hostId: host.id })
  }
  if (exitCode !== 0) throw hostFailed(host, path, stderr || stdout || `exit code ${exitCode}`)
}

/** Reads all files of one of a domain's folders, by name. What is too long is left out. Errors: those of {@link writeDomainFiles}. */
export async function fetchDomainFiles(
  host: StorageHost,
  { targetPath: path }: Place,
  folder: DomainFolder,
  options: HostCallOptions,
): Promise<ReadonlyMap<string, string>> {
  const script = [
    enter(path),
    `if [ -L ${folder} ] || [ ! -d ${folder} ]; then exit 0; fi`,
    `cd ${folder} || exit 1; i=0`,
    `for f in *.xml *.json; do if [ ! -f "$f" ] || [ -L "$f" ]; then continue; fi; i=$((i + 1)); if [ $i -gt ${LIST_FILES} ]; then break; fi`,
    `if [ "$(stat -c %s -- "$f")" -gt ${FILE_BYTES} ]; then continue; fi`,
    'echo "$(printf %s "$f" | base64 -w0) $(base64 -w0 -- "$f")"',
    'done; exit 0',
  ].join('; ')
  const limits = { ...options, path, maxOutputBytes: LIST_BYTES, timeoutMs: WRITE_TIMEOUT_MS }
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, limits)
  if (exitCode === 3) return new Map()
  if (exitCode !== 0) throw hostFailed(host, path, stderr)
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [name = '', text = ''] = line.split(' ').map((word) => Buffer.from(word, 'base64').toString('utf8'))
      return NAME.test(name) ? [[name, text] as const] : []
    }),
  )
}

/** SHA-256 of the files of one of a domain's folders, by name, in hexadecimal digits. Errors: those of {@link writeDomainFiles}. */
export async function fetchDigests(
  host: StorageHost,
  { targetPath: path }: Place,
  folder: DomainFolder,
  options: HostCallOptions,
): Promise<ReadonlyMap<string, string>> {
  const script = [
    enter(path),
    `if [ -L ${folder} ] || [ ! -d ${folder} ]; then exit 0; fi`,
    `cd ${folder} && find . -maxdepth 1 -type f -name "[A-Za-z0-9]*" -exec sha256sum -- {} +`,
  ].join('; ')
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, { ...options, path, timeoutMs: WRITE_TIMEOUT_MS })
  if (exitCode === 3) return new Map()
  if (exitCode !== 0) throw hostFailed(host, path, stderr)
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, digest, name = ''] = /^([0-9a-f]{64}) [ *]\.\/(.+)$/.exec(line) ?? []
      return digest !== undefined && NAME.test(name) ? [[name, digest] as const] : []
    }),
  )
}

/** Reads a domain's descriptor; null: there is none. Errors: storage.descriptor-unreadable, storage.format-newer, … */
export async function fetchDescriptor(
  host: StorageHost,
  { targetPath: path }: Place,
  options: HostCallOptions,
): Promise<DomainDescriptor | null> {
  const script = `${enter(path)}; if [ -L domain.json ] || [ ! -f domain.json ]; then exit 3; fi; head -c 65537 domain.json`
  const { exitCode, stdout, stderr } = await runAsRoot(host, script, { ...options, path })
  if (exitCode === 3) return null
  if (exitCode !== 0) throw hostFailed(host, path, stderr)
  return parseDescriptor(stdout, { hostName: host.definition.name, path })
}

/** Writes a domain's descriptor; makes `.virtdeck` where it lacks. Errors: those of {@link writeDomainFiles}. */
export async function writeDescriptor(
  host: StorageHost,
  place: Place,
  descriptor: DomainDescriptor,
  options: WriteOptions,
): Promise<void> {
  const text = formatDescriptor(descriptor)
  await writeDomainFiles(host, place, [{ folder: null, fileName: 'domain.json', text }], options)
}

/** Removes `.virtdeck` of this domain and nothing else; does nothing where it is not there. Errors: storage.other-domain, … */
export async function removeDescriptor(
  host: StorageHost,
  domain: Pick<DomainPool, 'id' | 'targetPath'>,
  options: HostCallOptions,
): Promise<void> {
  if (!(await isOurs(host, domain, options))) return
  const script = `${enter(domain.targetPath)}; cd ..; rm -rf --one-file-system -- .virtdeck && sync -- .`
  await runAsRootOrFail(host, script, { ...options, path: domain.targetPath })
}

/** Removes all that lies in the domain's folder, its descriptor last. Errors: storage.no-descriptor, storage.other-domain, … */
export async function format(
  host: StorageHost,
  domain: Pick<DomainPool, 'id' | 'targetPath'>,
  options: HostCallOptions,
): Promise<void> {
  const { targetPath: path } = domain
  if (!(await isOurs(host, domain, options))) {
    throw new AppError('storage.no-descriptor', { hostName: host.definition.name, path }, { hostId: host.id })
  }
  const script = [
    `${enter(path)}; cd ..`,
    'find . -mindepth 1 -maxdepth 1 ! -name .virtdeck ! -name lost+found ! -name .snapshot ! -name .trashcan -exec rm -rf --one-file-system -- {} + || exit 1',
    'rm -rf --one-file-system -- .virtdeck && sync -- .',
  ].join('; ')
  await runAsRootOrFail(host, script, { ...options, path, timeoutMs: FORMAT_TIMEOUT_MS })
}

async function isOurs(
  host: StorageHost,
  { id, targetPath: path }: Pick<DomainPool, 'id' | 'targetPath'>,
  options: HostCallOptions,
): Promise<boolean> {
  const found = await fetchDescriptor(host, { targetPath: path }, options)
  if (found === null) return false
  if (found.id === id) return true
  const params = { name: found.name, hostName: host.definition.name, path, foundId: found.id }
  throw new AppError('storage.other-domain', params, { hostId: host.id })
}

/** Who has written itself into `owner.lock`; null where that cannot be read. Pure. */
export function parseEngine(text: string): EngineIdentity | null {
  const [, id, name] = /^\{"id":"([\w-]{1,128})","name":("(?:[^"\\]|\\.){0,512}")\}/.exec(text.trim()) ?? []
  if (id === undefined || name === undefined) return null
  try {
    return { id, name: String(JSON.parse(name)).replace(/\p{C}/gu, '\u{fffd}').slice(0, 128) }
  } catch {
    // Cut off in the middle of an escape.
    return null
  }
}

/** What an engine writes into `owner.lock`. Pure. */
export function formatEngine({ id, name }: EngineIdentity): string {
  return JSON.stringify({ id, name })
}
