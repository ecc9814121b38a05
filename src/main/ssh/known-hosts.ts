import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { entryMatches, formatKnownHost, knownHostName, parseKnownHosts } from './known-hosts-format.ts'
import { decideHostKey, type HostKeyVerdict, type KnownHostsSource, knownKeyTypes } from './known-hosts-verdict.ts'

const FILE_LIMIT_BYTES = 16 * 1024 * 1024

export interface KnownHostsOptions {
  /** The app's own file, beside the inventory. Created (0600) when the first key is pinned. */
  readonly ownPath: string
  /** The user's files, read only; missing ones are fine. */
  readonly userPaths?: readonly string[]
}

/** Who is who: the user's known_hosts files to read, and a file of our own to read and write. */
export interface KnownHosts {
  /** What the files say about a key offered by a host. Errors: ssh.known-hosts-unusable. */
  check(address: string, port: number, key: Buffer): Promise<HostKeyVerdict>
  /** Key types (`ssh-ed25519`, …) under which the host is known. */
  knownTypes(address: string, port: number): Promise<readonly string[]>
  /** Appends the key to the own file: the caller has a person's word for it. */
  pin(address: string, port: number, keyType: string, key: Buffer): Promise<void>
  /** Removes the host from the own file; true when it was there. The user's files are never written. */
  forget(address: string, port: number): Promise<boolean>
}

/** Builds the access to known_hosts files. Files are read again when they have changed; writing is atomic. */
export function createKnownHosts(options: KnownHostsOptions): KnownHosts {
  const cache = new Map<string, { stamp: string; source: KnownHostsSource }>()
  let writing: Promise<unknown> = Promise.resolve()

  const fetchSource = async (path: string, own: boolean): Promise<KnownHostsSource> => {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      if (size > FILE_LIMIT_BYTES) throw new Error(`larger than ${FILE_LIMIT_BYTES} bytes`)
      const stamp = `${mtimeMs} ${size} ${ino}`
      const cached = cache.get(path)
      if (cached?.stamp === stamp) return cached.source
      const source = { path, own, ...parseKnownHosts(await readFile(path, 'utf8')) }
      cache.set(path, { stamp, source })
      return source
    } catch (error) {
      if (errorCodeOf(error) === 'ENOENT' || errorCodeOf(error) === 'ENOTDIR') {
        return { path, own, entries: [], badLines: [] }
      }
      // Going on without the file would forget what it revokes.
      throw new AppError('ssh.known-hosts-unusable', { path, reason: reasonOf(error) }, { cause: error })
    }
  }
  const fetchSources = () =>
    Promise.all([
      fetchSource(options.ownPath, true),
      ...(options.userPaths ?? []).filter((path) => path !== options.ownPath).map((path) => fetchSource(path, false)),
    ])
  const rewrite = <T>(change: (text: string) => { text: string; result: T }): Promise<T> => {
    const next = writing.then(async () => {
      const before = await readOwn(options.ownPath)
      const { text, result } = change(before)
      if (text !== before) await replaceFile(options.ownPath, text)
      return result
    })
    writing = next.catch(() => undefined)
    return next
  }

  return {
    check: async (address, port, key) => decideHostKey(await fetchSources(), knownHostName(address, port), key),
    knownTypes: async (address, port) => knownKeyTypes(await fetchSources(), knownHostName(address, port)),
    pin: (address, port, keyType, key) =>
      rewrite((text) => {
        const line = formatKnownHost(knownHostName(address, port), keyType, key)
        const start = text === '' || text.endsWith('\n') ? text : `${text}\n`
        return { text: text.split('\n').includes(line) ? text : `${start}${line}\n`, result: undefined }
      }),
    forget: (address, port) =>
      rewrite((text) => {
        const name = knownHostName(address, port)
        const gone = new Set(
          parseKnownHosts(text)
            .entries.filter((entry) => entry.marker === null && entryMatches(entry, name))
            .map((entry) => entry.line),
        )
        const kept = text.split('\n').filter((_, index) => !gone.has(index + 1))
        return { text: kept.join('\n'), result: gone.size > 0 }
      }),
  }
}

async function readOwn(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return ''
    throw new AppError('ssh.known-hosts-unusable', { path, reason: reasonOf(error) }, { cause: error })
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw new AppError('ssh.known-hosts-unusable', { path, reason: reasonOf(error) }, { cause: error })
  }
}
