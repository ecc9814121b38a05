import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors/index.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { fetchFromCommand } from './known-hosts-command.ts'
import { entryMatches, formatKnownHost, knownHostName, parseKnownHosts } from './known-hosts-format.ts'
import type { KnownHostsPlaces } from './known-hosts-places.ts'
import { createKnownHostsReader } from './known-hosts-sources.ts'
import { decideHostKey, decideKnownHost, type HostKeyVerdict, type KnownHost } from './known-hosts-verdict.ts'

export interface KnownHostsOptions {
  /** The app's own file, beside the inventory. Created (0600) when the first key is pinned. */
  readonly ownPath: string
}

/** Which host is looked up, and where beside the own file. */
export interface KnownHostsQuery {
  readonly address: string
  readonly port: number
  readonly places: KnownHostsPlaces
  readonly signal?: AbortSignal
}

/** Who is who: what ssh_config names to read, and a file of our own to read and write. */
export interface KnownHosts {
  /** The own file, by which another thread looks at the same. */
  readonly ownPath: string
  /** What is known about a key offered by a host. Errors: ssh.known-hosts-unusable, ssh.known-hosts-command-failed, ssh.aborted. */
  check(query: KnownHostsQuery, key: Buffer): Promise<HostKeyVerdict>
  /** How the host is known before it shows a key. Errors as `check`. */
  fetchKnownHost(query: KnownHostsQuery): Promise<KnownHost>
  /** Does the own file have this key of the host? Errors: ssh.known-hosts-unusable. */
  isPinned(address: string, port: number, key: Buffer): Promise<boolean>
  /** Appends the key to the own file: the caller has a person's word for it. */
  pin(address: string, port: number, keyType: string, key: Buffer): Promise<void>
  /** Removes the host from the own file; true when it was there. The user's files are never written. */
  forget(address: string, port: number): Promise<boolean>
}

/** Builds the access to known_hosts files. Files are read again when they have changed; writing is atomic. */
export function createKnownHosts(options: KnownHostsOptions): KnownHosts {
  const reader = createKnownHostsReader()
  let writing: Promise<unknown> = Promise.resolve()

  const fetchSources = async ({ address, port, places, signal }: KnownHostsQuery, key: Buffer | null) => {
    const { command } = places
    // As ssh does: while no key is looked up, the port is not part of the name.
    const name = key === null ? address : knownHostName(address, port)
    const [own, printed, ...listed] = await Promise.all([
      reader.fetchKnownHosts(options.ownPath, true),
      command === null ? [] : fetchFromCommand(command, name, key, signal).then((source) => [source]),
      ...places.paths.filter((path) => path !== options.ownPath).map((path) => reader.fetchKnownHosts(path, false)),
    ])
    return [own, ...printed, ...listed]
  }
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
    ownPath: options.ownPath,
    check: async (query, key) => {
      const [sources, revocations] = await Promise.all([
        fetchSources(query, key),
        Promise.all(query.places.revokedPaths.map((path) => reader.fetchRevocations(path))),
      ])
      const { address, port } = query
      const name = knownHostName(address, port)
      return decideHostKey({ sources, revocations, name, certifiedName: address, nowMs: Date.now() }, key)
    },
    fetchKnownHost: async (query) =>
      decideKnownHost(await fetchSources(query, null), knownHostName(query.address, query.port)),
    isPinned: async (address, port, key) => {
      const { entries } = await reader.fetchKnownHosts(options.ownPath, true)
      const name = knownHostName(address, port)
      return entries.some((entry) => entry.marker === null && entry.key.equals(key) && entryMatches(entry, name))
    },
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
