import { fingerprintOf, keyTypeOf } from './fingerprint.ts'
import { entryMatches, type KnownHostEntry, type KnownHostsFile } from './known-hosts-format.ts'
import type { RevokedKeys } from './revocation-list.ts'

/** A known_hosts file with where it stands; `own` is the app's, the others are the user's. */
export interface KnownHostsSource extends KnownHostsFile {
  readonly path: string
  readonly own: boolean
}

/** A list of revoked keys with where it stands. */
export interface RevocationSource {
  readonly path: string
  readonly keys: RevokedKeys
}

/** All that is known when a host shows a key. `name` is the host's as known_hosts writes it. */
export interface HostKeyEvidence {
  readonly sources: readonly KnownHostsSource[]
  readonly revocations: readonly RevocationSource[]
  readonly name: string
}

/** What known_hosts says about an offered key. `source` is `path:line` of the entry that decided, the path of a list, or ''. */
export interface HostKeyVerdict {
  readonly verdict: 'trusted' | 'unknown' | 'changed' | 'revoked' | 'certificate-authority'
  readonly source: string
  /** Set for `changed`: the key that was expected. */
  readonly expectedFingerprint?: string
}

/**
 * Decides about a key that a host offers. A revoked key is refused wherever that is written. Then the app's
 * own file decides if it knows the host, else the user's files together. A host that is known by other keys only has
 * changed, also when just the type differs: else a machine in between could offer a type that nobody has seen.
 */
export function decideHostKey({ sources, revocations, name }: HostKeyEvidence, key: Buffer): HostKeyVerdict {
  const list = revocations.find(({ keys }) => keys.has(key, null))
  if (list !== undefined) return { verdict: 'revoked', source: list.path }
  const ordered = [...sources].sort((left, right) => Number(right.own) - Number(left.own))
  const found = ordered.map((source) => ({
    source,
    entries: source.entries.filter((entry) => entryMatches(entry, name)),
  }))
  for (const { source, entries } of found) {
    const revoked = entries.find((entry) => entry.marker === 'revoked' && entry.key.equals(key))
    if (revoked) return { verdict: 'revoked', source: locate(source, revoked) }
  }
  for (const own of [true, false]) {
    const plain = found
      .filter(({ source }) => source.own === own)
      .flatMap(({ source, entries }) => entries.map((entry) => ({ source, entry })))
      .filter(({ entry }) => entry.marker === null)
    const same = plain.find(({ entry }) => entry.key.equals(key))
    if (same) return { verdict: 'trusted', source: locate(same.source, same.entry) }
    const other = plain.find(({ entry }) => entry.keyType === keyTypeOf(key)) ?? plain[0]
    if (other) {
      const expectedFingerprint = fingerprintOf(other.entry.key)
      return { verdict: 'changed', source: locate(other.source, other.entry), expectedFingerprint }
    }
  }
  for (const { source, entries } of found) {
    const authority = entries.find((entry) => entry.marker === 'cert-authority')
    if (authority) return { verdict: 'certificate-authority', source: locate(source, authority) }
  }
  return { verdict: 'unknown', source: '' }
}

function locate(source: KnownHostsSource, entry: KnownHostEntry): string {
  return `${source.path}:${entry.line}`
}

/** The key types under which a host is known, the deciding file's first. Revoked keys and authorities do not count. */
export function knownKeyTypes(sources: readonly KnownHostsSource[], name: string): readonly string[] {
  const ordered = [...sources].sort((left, right) => Number(right.own) - Number(left.own))
  const types = ordered.flatMap((source) =>
    source.entries.filter((entry) => entry.marker === null && entryMatches(entry, name)).map((entry) => entry.keyType),
  )
  return [...new Set(types)]
}

const ALGORITHMS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  // ssh-rsa as a signature means SHA-1, which is not offered.
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
}

/**
 * Host key algorithms to offer, those of already known keys first (as OpenSSH does), so that a host pinned by its
 * ed25519 key does not show its RSA key and look changed.
 */
export function orderHostKeyAlgorithms(knownTypes: readonly string[]): string[] {
  const types = [...knownTypes, ...Object.keys(ALGORITHMS_BY_TYPE)]
  return [...new Set(types.flatMap((type) => ALGORITHMS_BY_TYPE[type] ?? []))]
}
