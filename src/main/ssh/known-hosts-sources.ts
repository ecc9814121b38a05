import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../shared/errors/index.ts'
import { errorCodeOf, reasonOf } from './failure.ts'
import { parseKnownHosts } from './known-hosts-format.ts'
import type { KnownHostsSource, RevocationSource } from './known-hosts-verdict.ts'
import { parseRevokedKeys } from './revoked-keys.ts'

const FILE_LIMIT_BYTES = 16 * 1024 * 1024
/** Files kept in memory: a configuration may name one for each host. */
const CACHED_FILES = 256

export interface KnownHostsReader {
  /** A known_hosts file; one that is missing has no entries. Errors: ssh.known-hosts-unusable. */
  fetchKnownHosts(path: string, own: boolean): Promise<KnownHostsSource>
  /** A file of revoked keys; one that is missing or malformed is an error, as to ssh. Errors: ssh.known-hosts-unusable. */
  fetchRevocations(path: string): Promise<RevocationSource>
}

/** Builds a reader of known_hosts files and lists of revoked keys. Files are read again when they have changed. */
export function createKnownHostsReader(): KnownHostsReader {
  const cache = new Map<string, { readonly stamp: string; readonly value: unknown }>()

  async function fetchParsed<T>(use: string, path: string, parse: (data: Buffer) => T): Promise<T> {
    const { mtimeMs, size, ino } = await stat(path)
    if (size > FILE_LIMIT_BYTES) throw new Error(`larger than ${FILE_LIMIT_BYTES} bytes`)
    const key = `${use} ${path}`
    const stamp = `${mtimeMs} ${size} ${ino}`
    const cached = cache.get(key)
    // The key names the parser, so that the value is what this one gave.
    if (cached?.stamp === stamp) return cached.value as T
    const value = parse(await readFile(path))
    if (cache.size >= CACHED_FILES) cache.clear()
    cache.set(key, { stamp, value })
    return value
  }

  return {
    fetchKnownHosts: async (path, own) => {
      try {
        const parsed = await fetchParsed('known_hosts', path, (data) => parseKnownHosts(data.toString('utf8')))
        return { path, own, ...parsed }
      } catch (error) {
        if (errorCodeOf(error) === 'ENOENT' || errorCodeOf(error) === 'ENOTDIR') {
          return { path, own, entries: [], badLines: [] }
        }
        // Going on without the file would forget what it revokes.
        throw unusable(path, reasonOf(error), error)
      }
    },
    fetchRevocations: async (path) => {
      try {
        const keys = await fetchParsed('revoked', path, parseRevokedKeys)
        if (keys === null) throw new Error('not a list of revoked keys')
        return { path, keys }
      } catch (error) {
        throw unusable(path, reasonOf(error), error)
      }
    },
  }
}

function unusable(path: string, reason: string, cause: unknown): AppError {
  return new AppError('ssh.known-hosts-unusable', { path, reason }, { cause })
}
